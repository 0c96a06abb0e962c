/* SPDX-License-Identifier: MIT */
/*
 * The watchdog: an NMI that ends any experiment that hangs, interrupts on or off.
 *
 * Sources of the NMI, the first that proves itself at boot (watchdog_prove.h) is taken: an HPET comparator through the
 * I/O APIC, or by a message; PIT channel 0 through the I/O APIC (55 ms at most, so the handler arms it again and again,
 * and a sample that it hits is rejected); another CPU, which then has no other use (watchdog_peer.c). It comes first
 * where HPET and PIT may stop in package C10. The NMI goes to CPU 0, whose handler aborts the guarded calls of every
 * CPU (fault.h). A guest of Xen's with one CPU and none of these asks Xen to end the domain instead: its launcher then
 * goes on with the next step.
 *
 * The limit is moved by watchdog_pet() between samples, outside every window: as a rule that is one store, and the
 * hardware is set again only when half the time has passed, so that in a healthy run no NMI ever comes.
 */
#ifndef LAB_ARCH_IRQ_WATCHDOG_H
#define LAB_ARCH_IRQ_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/cpu/percpu.h"
#include "arch/x86/irq/watchdog_prove.h"

struct cpu_snapshot;
struct machine;

enum watchdog_wish {
    WATCHDOG_WISH_AUTO,
    WATCHDOG_WISH_HPET,
    WATCHDOG_WISH_PIT,
    WATCHDOG_WISH_PEER,
    WATCHDOG_WISH_OFF,
};

enum watchdog_source {
    WATCHDOG_NONE,
    WATCHDOG_HPET,
    WATCHDOG_PIT,
    WATCHDOG_PEER,
    WATCHDOG_XEN, /* no NMI: Xen ends the domain, and the log with it */
};

enum {
    WATCHDOG_MESSAGE = 256, /* in the place of a GSI: no line, the timer sends a message */
    WATCHDOG_TRIES_NOTED = 24,
    WATCHDOG_HPET_TRIES = 64, /* of timers and lines; each takes 70 ms where it is silent */
};

/* One way to an NMI that was not taken. */
struct watchdog_try {
    uint8_t source; /* enum watchdog_source */
    uint8_t why;    /* enum watchdog_refusal */
    uint8_t timer;  /* the HPET's */
    uint16_t gsi;   /* or WATCHDOG_MESSAGE; of HPET and PIT */
};

/* The CPU that is the watchdog, and how it sleeps. */
struct watchdog_peer {
    struct percpu *cpu;
    const char *awake; /* why it sleeps in HLT only; NULL: by MWAIT with `hint` */
    uint32_t hint;
    uint32_t ready; /* atomic: it sleeps as it will from now on */
};

struct watchdog {
    enum watchdog_source source;
    uint32_t gsi; /* of the HPET comparator or the PIT; or WATCHDOG_MESSAGE */
    uint32_t hpet_timer;
    bool pc10;          /* HPET and PIT may stop in package C10 here */
    uint32_t try_count; /* may pass WATCHDOG_TRIES_NOTED */
    struct watchdog_try tries[WATCHDOG_TRIES_NOTED];
    struct watchdog_peer peer;
    uint32_t armed;     /* atomic */
    uint64_t limit_tsc; /* length of the limit */
    uint64_t due_tsc;   /* atomic: when it fires, CPU 0's TSC */
    uint64_t rearm_tsc; /* when watchdog_pet() sets the hardware again */
    uint64_t nmi_count; /* NMIs that came before they were due */
    uint32_t xen_id;    /* of Xen's timer; 0: it is not armed */
};

/* Finds a source that works. Boot CPU, the others parked. A peer is taken away from machine->cpus. */
void watchdog_start(struct watchdog *watchdog, struct machine *machine, enum watchdog_wish wish);

/*
 * True where CPUID.05H lists a state C10 and MSR_PKG_CST_CONFIG_CONTROL, whose value is `limit`, lets the package into
 * it: the crystal that HPET and PIT count stops there. Linux disables the HPET so (arch/x86/kernel/hpet.c,
 * hpet_is_pc10_damaged()); where the model is known, its table says what the limit means. Pure.
 */
bool watchdog_stops_in_pc10(const struct cpu_snapshot *snapshot, uint64_t limit);

/* Puts the source of `watchdog` to the proof. CPU 0, interrupts off, nothing armed. */
enum watchdog_refusal watchdog_try(struct watchdog *watchdog, struct machine *machine);

/*
 * Takes the last CPU as the watchdog and puts it to the proof; where it fails, the CPU is given back. CPU 0, the others
 * parked.
 */
enum watchdog_refusal watchdog_try_peer(struct watchdog *watchdog, struct machine *machine);

/*
 * NULL, and in *hint the deepest MWAIT hint that `cpu` can use as the peer; or why it sleeps in HLT only. By that CPU's
 * own CPUID: on a hybrid processor the last CPU is another kind than CPU 0.
 */
const char *watchdog_peer_awake(const struct machine *machine, const struct percpu *cpu, uint32_t *hint);

const char *watchdog_source_name(enum watchdog_source source);

/* From now on a silence of limit_tsc ticks ends every guarded call on every CPU. Boot CPU. */
void watchdog_arm(struct watchdog *watchdog, struct machine *machine, uint64_t limit_tsc);

/*
 * Restarts the limit at `tsc`, which the running CPU has just read; false: it is time to set the hardware anew, too,
 * which watchdog_pet() does. Any one CPU, between samples.
 */
static inline __attribute__((always_inline)) bool watchdog_put_off(struct watchdog *watchdog, uint64_t tsc)
{
    uint64_t now_tsc = tsc - (uint64_t)this_cpu()->tsc_offset; /* CPU 0's */

    __atomic_store_n(&watchdog->due_tsc, now_tsc + watchdog->limit_tsc, __ATOMIC_RELEASE);
    return now_tsc < watchdog->rearm_tsc;
}

/* Restarts the limit at `tsc`, the running CPU's; sets the hardware where it is time. Any one CPU, between samples. */
void watchdog_pet(struct watchdog *watchdog, struct machine *machine, uint64_t tsc);

/* Ends the limit and stops the hardware. Boot CPU. */
void watchdog_disarm(struct watchdog *watchdog, struct machine *machine);

/*
 * The watchdog's last act, before the machine is left: disarms it and closes its line. A timer that is reset may pulse
 * its output, and an NMI in a CPU that has just been reset finds no handler (QEMU's i440FX). Boot CPU.
 */
void watchdog_close(struct watchdog *watchdog, struct machine *machine);

/*
 * Sets the hardware to fire in that many ticks, or earlier: the NMI handler then sets it again. CPU 0 while the source
 * is chosen; then only through watchdog_arm() and watchdog_pet().
 */
void watchdog_set(struct watchdog *watchdog, const struct machine *machine, uint64_t in_tsc);

/* Stops the hardware. */
void watchdog_stop(struct watchdog *watchdog, const struct machine *machine);

/* Ends the work of every other CPU that has some, by a flag and an NMI. From the NMI handler. */
void watchdog_abort_others(struct machine *machine, const struct percpu *self);

/* From the NMI handler, on every CPU. */
void watchdog_nmi(struct watchdog *watchdog, struct machine *machine, struct percpu *cpu);

#endif /* LAB_ARCH_IRQ_WATCHDOG_H */
