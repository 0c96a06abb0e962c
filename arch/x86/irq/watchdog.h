/* SPDX-License-Identifier: MIT */
/*
 * The watchdog: an NMI that ends any experiment that hangs, interrupts on or off.
 *
 * Sources of the NMI, the first that proves itself at boot by arriving is taken: an HPET comparator through the I/O
 * APIC; PIT channel 0 through the I/O APIC (55 ms at most, so the handler arms it again and again, and a sample that it
 * hits is rejected); another CPU, which then has no other use. The NMI goes to CPU 0, whose handler aborts the guarded
 * calls of every CPU (fault.h).
 *
 * The limit is moved by watchdog_pet() between samples, outside every window: as a rule that is one store, and the
 * hardware is set again only when half the time has passed, so that in a healthy run no NMI ever comes.
 */
#ifndef LAB_ARCH_IRQ_WATCHDOG_H
#define LAB_ARCH_IRQ_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

struct machine;
struct percpu;

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
};

struct watchdog {
    enum watchdog_source source;
    uint32_t gsi; /* of the HPET comparator or the PIT */
    uint32_t hpet_timer;
    struct percpu *peer;
    uint32_t armed;     /* atomic */
    uint64_t limit_tsc; /* length of the limit */
    uint64_t due_tsc;   /* atomic: when it fires, CPU 0's TSC */
    uint64_t rearm_tsc; /* when watchdog_pet() sets the hardware again */
    uint64_t nmi_count; /* NMIs that came before they were due */
};

/* Finds a source that works. Boot CPU, the others parked. A peer is taken away from machine->cpus. */
void watchdog_start(struct watchdog *watchdog, struct machine *machine, enum watchdog_wish wish);

const char *watchdog_source_name(enum watchdog_source source);

/* From now on a silence of limit_tsc ticks ends every guarded call on every CPU. Boot CPU. */
void watchdog_arm(struct watchdog *watchdog, struct machine *machine, uint64_t limit_tsc);

/* Restarts the limit. Any one CPU, between samples. */
void watchdog_pet(struct watchdog *watchdog, struct machine *machine);

/* Ends the limit and stops the hardware. Boot CPU. */
void watchdog_disarm(struct watchdog *watchdog, struct machine *machine);

/*
 * Sets the hardware to fire in that many ticks, or earlier: the NMI handler then sets it again. CPU 0 while the source
 * is chosen; then only through watchdog_arm() and watchdog_pet().
 */
void watchdog_set(const struct watchdog *watchdog, const struct machine *machine, uint64_t in_tsc);

/* Stops the hardware. */
void watchdog_stop(const struct watchdog *watchdog, const struct machine *machine);

/* From the NMI handler, on every CPU. */
void watchdog_nmi(struct watchdog *watchdog, struct machine *machine, struct percpu *cpu);

#endif /* LAB_ARCH_IRQ_WATCHDOG_H */
