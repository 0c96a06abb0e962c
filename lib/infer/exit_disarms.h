/* SPDX-License-Identifier: MIT */
/*
 * Does CPUID between arming a monitor and waiting clear it: by waits with nothing between, and with CPUID there. A wait
 * that sleeps on may be armed or not; only a store tells. Pure; any context.
 */
#ifndef LAB_LIB_INFER_EXIT_DISARMS_H
#define LAB_LIB_INFER_EXIT_DISARMS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

/* Waits of one kind; all 0: not tried. */
struct disarm_tries {
    uint32_t tries, at_once, guard, store; /* ended at once, by the guard's interrupt, by the store */
};

struct disarm_seen {
    struct disarm_tries nothing, cpuid, cpuid_store; /* nothing between; CPUID; CPUID, and a store to end it */
    bool alone;                                      /* no hypervisor, or an emulator */
    bool alike; /* waits with nothing between took the same time (mwait_tries_alike()) */
};

enum disarms { DISARMS_UNKNOWN, DISARMS_NO_SLEEP, DISARMS_ENDED, DISARMS_YES, DISARMS_NO };

/*
 * NO_SLEEP: unknown, because the wait does not sleep even with nothing between. ENDED: because something else than the
 * guard ends it then. Waits that end early and after different times may be either: UNKNOWN.
 */
enum disarms disarms_judge(const struct disarm_seen *seen, enum confidence *confidence);

#endif /* LAB_LIB_INFER_EXIT_DISARMS_H */
