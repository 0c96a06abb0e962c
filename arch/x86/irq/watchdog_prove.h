/* SPDX-License-Identifier: MIT */
/*
 * The proof that a source of NMIs is one: armed twice, it sends one NMI each time, neither early nor late, and while it
 * is disarmed none comes. A single NMI might be another device's on the same line.
 *
 * Arithmetic on what the caller's functions say, so that a host test can give it sources that lie.
 */
#ifndef LAB_ARCH_IRQ_WATCHDOG_PROVE_H
#define LAB_ARCH_IRQ_WATCHDOG_PROVE_H

#include <stdint.h>

/* Why a source is not the watchdog. */
enum watchdog_refusal {
    WATCHDOG_PROVEN,
    WATCHDOG_ABSENT,  /* the machine has no such device, or only one CPU */
    WATCHDOG_NO_LINE, /* a timer reaches no input of an I/O APIC that could be set, and sends no messages */
    WATCHDOG_SILENT,  /* armed, and no NMI came in time */
    WATCHDOG_EARLY,   /* an NMI came before its time */
    WATCHDOG_UNASKED, /* an NMI came while it was disarmed */
    WATCHDOG_PC10,    /* it stops in package C10, which this machine may enter */
    WATCHDOG_REFUSALS,
};

/* A source: `context` goes to each function. Times are in ticks of this CPU's TSC. */
struct watchdog_probe {
    void *context;
    void (*set)(void *context, uint64_t in_tsc); /* fires once, so far ahead */
    void (*stop)(void *context);
    uint64_t (*now_tsc)(void *context);
    uint64_t (*nmi_count)(void *context); /* NMIs that came to this CPU */
};

/* Takes 90 ms where the source is good, at most 210 ms; it is stopped then. WATCHDOG_PROVEN, or what was wrong. */
enum watchdog_refusal watchdog_prove(const struct watchdog_probe *probe, uint64_t tsc_hz);

/* "proven", "absent", "no_line", "silent", "early", "unasked", "pc10". */
const char *watchdog_refusal_name(enum watchdog_refusal refusal);

#endif /* LAB_ARCH_IRQ_WATCHDOG_PROVE_H */
