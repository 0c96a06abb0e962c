/* SPDX-License-Identifier: MIT */
/*
 * A made-up host with pause-loop exiting: processor and KVM by their rules, for tests of the inference, of which it
 * knows nothing.
 *
 * Processor: Intel, a PAUSE within PLE_Gap of the last one belongs to its loop, and exits when the loop is older than
 * PLE_Window (SDM volume 3, 25.1.3); AMD, each PAUSE within the threshold counts down, a later one loads the count
 * again, zero exits (APM volume 2, 15.14.4). Entering the guest begins a new loop on both. KVM: each exit grows the
 * window, being scheduled in again shrinks it (arch/x86/kvm/x86.h, __grow_ple_window and __shrink_ple_window).
 * Besides: a periodic tick, interrupts by chance, preemption, stamps that jitter.
 */
#ifndef LAB_TESTS_UNIT_SYNTHETIC_PLE_HOST_H
#define LAB_TESTS_UNIT_SYNTHETIC_PLE_HOST_H

#include "lib/infer/ple_loop.h"
#include "lib/prng.h"

struct synthetic_ple_host {
    struct prng prng;
    /* Rules. */
    bool on;
    bool counts; /* AMD */
    uint64_t gap_tsc;
    bool gap_skips_pause; /* counted from a PAUSE's end to the next one's begin */
    uint64_t base, max;   /* ticks, or PAUSEs */
    uint64_t grow, shrink;
    /* The guest's costs. */
    uint64_t pause_tsc, stamp_tsc;
    uint64_t filler_tsc_x16; /* of one round */
    uint64_t jitter_tsc;     /* a stamp is up to so late */
    uint64_t exit_tsc;
    /* The rest of the host; periods in ticks, 0: never. */
    uint64_t tick_tsc, tick_length_tsc;
    uint64_t chance_tsc, chance_length_tsc; /* mean distance, longest */
    uint64_t preempt_tsc, preempt_length_tsc;
    uint64_t rest_tsc;
    /* State. */
    uint64_t now_tsc, window;
    uint64_t next_chance_tsc, next_preempt_tsc;
};

/* Chooses a host by the seed: any rule, gap 41 to 512, window 1k to 64k, and all the rest. */
void synthetic_ple_host_choose(struct synthetic_ple_host *host, uint64_t seed);

/* From PAUSE to PAUSE with that filler, ticks. */
uint64_t synthetic_ple_host_distance(const struct synthetic_ple_host *host, uint32_t filler);

/* Do PAUSEs so far apart, from begin to begin, count as one loop? */
bool synthetic_ple_host_joins(const struct synthetic_ple_host *host, uint64_t distance_tsc);

/* What such a host does with one loop. */
void synthetic_ple_host_run(struct synthetic_ple_host *host, struct ple_loop *loop);

#endif
