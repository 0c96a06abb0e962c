/* SPDX-License-Identifier: MIT */
/*
 * What the two versions of the teo governor share: bins of hits and intercepts, one pair a state, and the states
 * between which they choose. Only lib/governor/teo*.c include it.
 */
#ifndef LAB_LIB_GOVERNOR_TEO_WALK_H
#define LAB_LIB_GOVERNOR_TEO_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/governor/idle_loop.h"

enum {
    TEO_BINS = 12, /* IDLE_STATES_MAX, and zeros up to a multiple of four: loops without a rest */
    TEO_PULSE = 1024,
    TEO_DECAY_SHIFT = 3,
    TEO_SHORT_NS = 15000, /* states of a shorter target residency need no timer query */
};

_Static_assert((int)TEO_BINS >= (int)IDLE_STATES_MAX, "a bin for each state");

/* Wake-ups by the timer at hand (hits), and before it (intercepts), by the state that would fit. */
struct teo_bins {
    uint32_t hit[TEO_BINS];
    uint32_t intercept[TEO_BINS];
};

/* Where a select starts from; the sums are of the bins below the candidate. */
struct teo_start {
    uint32_t enabled;
    uint32_t first; /* shallowest enabled */
    uint32_t candidate;
    uint32_t cap; /* deepest enabled within the latency limit, from 1; 0 for none */
    uint32_t hits;
    uint32_t intercepts;
};

/* `enabled` must not be 0. */
static inline struct teo_start teo_begin(const struct teo_bins *bins, const struct idle_loop *loop, uint32_t enabled)
{
    const struct idle_table *table = loop->table;
    struct teo_start start = {enabled, idle_shallowest(enabled), idle_deepest(enabled), 0, 0, 0};

    for (uint32_t i = 0; i < start.candidate; i++) {
        start.hits += bins->hit[i];
        start.intercepts += bins->intercept[i];
    }
    for (uint32_t i = start.candidate; i >= 1; i--)
        if (enabled >> i & 1 && table->exit_latency_ns[i] <= loop->limit_ns) {
            start.cap = i;
            break;
        }
    return start;
}

/* The deepest enabled state below `state` that pays off in `time_ns`, or the shallowest of them. */
static inline uint32_t teo_shallower(const struct idle_table *table, uint32_t state, int64_t time_ns)
{
    uint32_t found = state;

    for (uint32_t i = state; i-- > 0;) {
        if (idle_state_disabled(table, i))
            continue;
        found = i;
        if (table->target_residency_ns[i] <= time_ns)
            break;
    }
    return found;
}

/* The last step: stops the tick, or keeps it and stays shallow enough for it. */
static inline uint32_t teo_end(const struct idle_loop *loop, const struct teo_start *start, uint32_t candidate,
                               int64_t sleep_ns, int64_t event_ns, bool *stop_tick)
{
    const struct idle_table *table = loop->table;

    if (loop->tick_stopped || (!idle_state_polls(table, candidate) && sleep_ns >= loop->tick_period_ns))
        return candidate;
    *stop_tick = false;
    if (candidate > start->first && table->target_residency_ns[candidate] > event_ns)
        return teo_shallower(table, candidate, event_ns);
    return candidate;
}

#endif
