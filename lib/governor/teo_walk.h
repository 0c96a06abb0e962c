/* SPDX-License-Identifier: MIT */
/*
 * What the versions of the teo governor share: bins of hits and intercepts, one pair a state, and the states
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

/* How a period is compared with the timer up to Linux 6.12: by the clock, from select to reflect. */
struct teo_clock {
    int64_t sleep_ns; /* to the next timer, as the last select saw it */
    int64_t span_ns;  /* from select to reflect */
    int64_t selected_ns;
};

/* Notes what the period was; one that the tick or the poll's budget ended counts as long as the timer. */
static inline void teo_clock_reflect(struct teo_clock *clock, struct idle_loop *loop, uint32_t chosen)
{
    loop->device.last = (int32_t)chosen;
    if (loop->device.timed_out || (idle_tick_woke(loop) && clock->sleep_ns > loop->tick_period_ns)) {
        loop->device.timed_out = false;
        clock->span_ns = clock->sleep_ns;
    } else {
        clock->span_ns = loop->answers->now_ns(loop) - clock->selected_ns;
    }
}

/* The length of the last period, half of its exit taken off; UINT64_MAX where the timer ended it. */
static inline uint64_t teo_clock_measured_ns(const struct teo_clock *clock, const struct idle_loop *loop)
{
    uint64_t latency_ns = (uint64_t)loop->table->exit_latency_ns[loop->device.last];
    uint64_t residency_ns = loop->device.residency_ns;

    if (clock->span_ns >= clock->sleep_ns)
        return UINT64_MAX;
    return residency_ns >= latency_ns ? residency_ns - latency_ns / 2 : residency_ns / 2;
}

static inline void teo_decay(uint32_t *metric)
{
    *metric -= *metric >> TEO_DECAY_SHIFT;
}

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
struct teo_start teo_begin(const struct teo_bins *bins, const struct idle_loop *loop, uint32_t enabled);

/* The deepest enabled state below `state` that pays off in `time_ns`, or the shallowest of them. */
uint32_t teo_shallower(const struct idle_table *table, uint32_t state, int64_t time_ns);

/* The last step: stops the tick, or keeps it and stays shallow enough for it. */
uint32_t teo_end(const struct idle_loop *loop, const struct teo_start *start, uint32_t candidate, int64_t sleep_ns,
                 int64_t event_ns, bool *stop_tick);

#endif
