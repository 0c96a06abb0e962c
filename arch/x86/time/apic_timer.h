/* SPDX-License-Identifier: MIT */
/*
 * The local APIC timer in its three modes: TSC-deadline, one-shot, periodic. Source: SDM volume 3, 10.5.4.
 *
 * apic_timer_calibrate() runs once on the boot CPU; every CPU that uses its timer calls apic_timer_setup() first. Where
 * events are armed in one-shot mode, apic_timer_sharpen() measures longer for a step that waits long.
 * Arming is written to be inlined in front of a measurement.
 */
#ifndef LAB_ARCH_TIME_APIC_TIMER_H
#define LAB_ARCH_TIME_APIC_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/irq/apic.h"
#include "arch/x86/time/deadline_check.h"
#include "arch/x86/time/tsc.h"

struct machine;

enum apic_timer_mode {
    APIC_TIMER_DEADLINE,
    APIC_TIMER_ONE_SHOT,
    APIC_TIMER_PERIODIC,
};

enum apic_periodic {
    APIC_PERIODIC_LATE,    /* each came, the last by less than a period late */
    APIC_PERIODIC_EARLY,   /* the same, before its time */
    APIC_PERIODIC_BURSTS,  /* some came within half a period of the one before */
    APIC_PERIODIC_MISSING, /* fewer than time says, and none in a burst */
};

/* Ticks after the first one of a periodic run. */
struct apic_ticks {
    uint64_t count;
    uint64_t passed_tsc;   /* first to last */
    uint64_t shortest_tsc; /* between two; UINT64_MAX where there are no two */
};

struct apic_timer {
    bool has_deadline;             /* CPUID.01H:ECX[24] */
    enum apic_timer_mode one_shot; /* how a single event is armed: deadline or one-shot */
    uint64_t hz;                   /* of the count register at divide 1; 0 = it does not count */
    uint32_t bound_ppb;            /* of the two ratios below: a due time may be off by that much of its distance */
    uint64_t measured_us;          /* the longest measurement so far */
    uint64_t count_per_tsc_q32;    /* Q32: count = tsc * this >> 32, exact for a tsc below 2^32 * 2^32 / this */
    uint64_t tsc_per_count_q32;    /* Q32 */
    uint64_t periodic_error_ppm;   /* a periodic run of 8 periods against the TSC; UINT64_MAX: not all came */
    enum apic_periodic periodic;   /* what is wrong with it, where the error is too large */
    struct deadline_check check;   /* of TSC-deadline mode; empty where it is not used */
};

/* Measures the count register against the TSC (10 ms) and chooses how events are armed. Boot CPU, interrupts off. */
void apic_timer_calibrate(struct machine *machine, bool has_deadline, bool wish_one_shot);

/*
 * One-shot mode only: measures again, from 10 ms to at most 1.3 s, until an event `ahead_tsc` ticks ahead is known to
 * 100 ns, a tenth of what leaving C1 takes. True: it has measured; bound_ppb says how good it is now. Nothing is done
 * where it is good enough, or the longest measurement has been made. Boot CPU, interrupts off, its timer unused.
 */
bool apic_timer_sharpen(struct machine *machine, uint64_t ahead_tsc);

/*
 * Takes a measurement into the timer where it is better than what is there: so many counts in so many ticks, the ends
 * together known to slack_tsc. Pure.
 */
void apic_timer_take_ratio(struct apic_timer *timer, uint64_t tsc_hz, uint64_t counts, uint64_t ticks_tsc,
                           uint64_t slack_tsc);

/* Takes a run that should have had `wanted` ticks, a period apart, into the timer's last two members. Pure. */
void apic_timer_take_periodic(struct apic_timer *timer, const struct apic_ticks *ticks, uint64_t wanted,
                              uint64_t period_tsc);

/* "late", "early", "in bursts", "missing". */
const char *apic_periodic_name(enum apic_periodic what);

/*
 * False: no APIC timer is as slow as this one seems, so the TSC's frequency is wrong (tsc_hz=), and periods taken for
 * milliseconds would be a storm of interrupts. Pure.
 */
bool apic_timer_may_repeat(const struct apic_timer *timer);

/* How far an event so far ahead may be from its due time, by the bound; 0 in TSC-deadline mode. Ticks. Pure. */
uint64_t apic_timer_off_tsc(const struct apic_timer *timer, uint64_t ahead_tsc);

/* Sets the vector and the mode on the running CPU; nothing is armed. */
void apic_timer_setup(const struct apic *apic, enum apic_timer_mode mode, uint8_t vector);

/* Masks and disarms on the running CPU. */
void apic_timer_stop(const struct apic *apic, const struct apic_timer *timer);

/* One-shot count for that many ticks of the TSC, 1 to 2^32 - 1. */
static inline __attribute__((always_inline)) uint32_t apic_timer_count(const struct apic_timer *timer,
                                                                       uint64_t ticks_tsc)
{
    uint64_t count = (uint64_t)(((unsigned __int128)ticks_tsc * timer->count_per_tsc_q32) >> 32);

    if (count < 1)
        return 1;
    return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

/*
 * Arms an event `ticks_tsc` from now and returns when it is due, in ticks of this CPU's TSC. With TSC-deadline that is
 * exact. In one-shot mode the count starts somewhere between the stamp taken here and the end of the register write, so
 * the event may be late by the cost of that write (experiment `cost`, insn=arm): the latency found is then an upper
 * bound.
 */
#ifdef LAB_RING3
uint64_t apic_timer_arm(const struct apic *apic, const struct apic_timer *timer, uint64_t ticks_tsc);
#else
static inline __attribute__((always_inline)) uint64_t apic_timer_arm(const struct apic *apic,
                                                                     const struct apic_timer *timer, uint64_t ticks_tsc)
{
    uint32_t count;
    uint64_t start_tsc;

    if (timer->one_shot == APIC_TIMER_DEADLINE) {
        uint64_t deadline_tsc = tsc_now() + ticks_tsc;

        wrmsr(MSR_IA32_TSC_DEADLINE, deadline_tsc);
        return deadline_tsc;
    }
    count = apic_timer_count(timer, ticks_tsc);
    start_tsc = tsc_end();

    apic_write(apic, APIC_TIMER_INITIAL, count);
    return start_tsc + (uint64_t)(((unsigned __int128)count * timer->tsc_per_count_q32) >> 32);
}
#endif

/* Arms a periodic interrupt; the mode must be periodic. */
static inline void apic_timer_arm_periodic(const struct apic *apic, const struct apic_timer *timer, uint64_t period_tsc)
{
    apic_write(apic, APIC_TIMER_INITIAL, apic_timer_count(timer, period_tsc));
}

#endif /* LAB_ARCH_TIME_APIC_TIMER_H */
