/* SPDX-License-Identifier: MIT */
/*
 * The length of a TSC tick, its error, and the cost of a time stamp.
 *
 * Filled once by clock_calibrate() on the boot CPU, read by all CPUs. The frequency comes from the best source that the
 * machine has; every other clock is measured against it, and the disagreement is kept, with its bound.
 */
#ifndef LAB_ARCH_TIME_CLOCK_H
#define LAB_ARCH_TIME_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/tsc_step.h"

struct machine;

/*
 * In the order of trust. Sources: SDM volume 2, CPUID 15H and 16H; Linux Documentation/virt/kvm/x86 cpuid.rst and
 * msr.rst.
 */
enum tsc_source {
    TSC_SOURCE_NONE,
    TSC_SOURCE_COMMAND_LINE,
    TSC_SOURCE_CPUID15,
    TSC_SOURCE_CPUID_40000010,
    TSC_SOURCE_KVMCLOCK,
    TSC_SOURCE_XEN, /* its leaf 3, in kHz */
    TSC_SOURCE_HPET,
    TSC_SOURCE_PMTIMER,
    TSC_SOURCE_PIT,
    TSC_SOURCE_RTC,     /* asked only where there is nothing better: it takes a second or two */
    TSC_SOURCE_CPUID16, /* a marketing figure in MHz: better than nothing */
    TSC_SOURCE_LINUX,   /* inside Linux: CLOCK_MONOTONIC_RAW */
    TSC_SOURCE_COUNT,
};

/* A frequency by one source. bound_ppm is the width of the measurement's bracket; 0 where nothing was measured. */
struct tsc_reference {
    uint64_t hz; /* 0 = the source does not exist here */
    uint32_t bound_ppm;
};

struct clock {
    uint64_t tsc_hz;  /* of all figures */
    uint64_t wait_hz; /* of waits and limits, where tsc_hz= is contradicted; 0: tsc_hz is theirs, too */
    enum tsc_source source;
    enum tsc_source disbelieved;  /* the machine's own word that a measured clock contradicts; NONE: there is none */
    enum tsc_source against_wish; /* the clock that contradicts the command line's tsc_hz=; NONE: there is none */
    struct tsc_reference references[TSC_SOURCE_COUNT];
    bool invariant;                      /* CPUID.80000007H:EDX[8] */
    bool synchronised;                   /* every CPU's offset is zero within its bound */
    bool offsets_known;                  /* every CPU answered and its bound is consistent */
    uint64_t worst_offset_tsc;           /* largest |offset| + bound over all CPUs */
    uint64_t read_min_tsc, read_p50_tsc; /* two stamps back to back: tsc_begin() then the stamp after an empty window */
    uint32_t read_count;
    struct tsc_step step; /* by how much the TSC moves at a time: no difference of two stamps is known better */
};

/* The frequency by which the lab waits, and lets others take their time: never one that a clock contradicts. Hz. */
static inline uint64_t clock_wait_hz(const struct clock *clock)
{
    return clock->wait_hz ? clock->wait_hz : clock->tsc_hz;
}

const char *tsc_source_name(enum tsc_source source);

/*
 * Disagreement of a reference with the frequency in use, in parts per million, positive where the reference says more.
 */
int64_t clock_ppm(const struct clock *clock, enum tsc_source source);

/* The hardware clock with the tightest bound; NONE: none was measured. Pure. */
enum tsc_source clock_best_measured(const struct clock *clock);

/*
 * Chooses among the references of clock. What the machine states is believed within the best measurement's bound plus
 * 500 ppm; else that clock is taken, and `disbelieved` says whose word it was. Pure.
 */
void clock_choose(struct clock *clock);

/*
 * Takes the command line's frequency, in Hz, after clock_choose(). `against_wish` says whether the best measured clock,
 * or else what the machine states, contradicts it by more than its bound plus 500 ppm. Pure.
 */
void clock_take_wish(struct clock *clock, uint64_t wish_hz);

/* Measures what a stamp costs and the TSC's step. Any CPU, interrupts off. */
void clock_measure_stamp(struct clock *clock);

/*
 * Measures and chooses. wish_hz is the command line's tsc_hz=, 0 = none. Takes about 20 ms for each hardware clock, up
 * to 160 ms where SMIs or a busy host make the bound poor. Boot CPU only, interrupts off. A machine with no source at
 * all gets 1 GHz, source NONE; its figures in ns are then worth nothing.
 */
void clock_calibrate(struct machine *machine, uint64_t wish_hz);

#endif /* LAB_ARCH_TIME_CLOCK_H */
