/* SPDX-License-Identifier: MIT */
/* One governor run through a trace: the idle loop of docs/policies.md, with recorded periods in place of a machine. */
#ifndef LAB_TOOL_REPLAY_LANE_H
#define LAB_TOOL_REPLAY_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/governor/governor.h"
#include "lib/governor/price.h"
#include "run/tool/replay/csv.h"

struct replay_setup {
    bool closed;      /* repeat passes until the recorded event; false: exactly one pass a row */
    bool tick_always; /* nohz=off */
    bool unpriced;    /* nobody asks for cost and bound, states outside the limit and queries */
    int64_t tick_period_ns;
    int64_t limit_ns; /* the row's own limit holds where it is lower */
};

/* One pass: what the governor decided, and what came of it. */
struct replay_pass {
    int64_t period;
    uint32_t sub; /* number of the pass in its row, from 0 */
    struct governor_choice choice;
    char wake; /* 'T', 'O' or 'W' the row's event, 'K' the tick, 'P' the poll's budget, 'R' refused */
    int64_t residency_ns;
    int64_t wake_latency_ns;
};

struct replay_totals {
    uint64_t passes;
    uint64_t events; /* rows that their own event ended */
    uint64_t tick_wakes;
    uint64_t poll_timeouts;
    uint64_t poll_ns;
    uint64_t wake_latency_sum_ns;
    uint64_t wake_latency_max_ns;
    uint64_t queries;
    uint64_t outside; /* choices of a state that is disabled or beyond the latency limit */
    uint64_t cost;    /* lib/governor/price.h */
    uint64_t bound;   /* the least possible cost of the same time */
};

struct replay_lane {
    struct governor_run run;
    const struct replay_setup *setup;
    struct idle_prices prices;
    const struct idle_table *exits; /* whose exit latencies are paid; NULL: those of the table that is believed */
    struct replay_totals totals;
    struct replay_row row; /* the one being replayed */
    int64_t since_ns;      /* the beginning of that row, where distances count from */
    int64_t elapsed_ns;    /* since its first entry into a state */
    bool ticked;           /* the tick has ended a pass of it */
    int64_t clock_ns;      /* all residencies so far */
    int64_t leads_ns;      /* and the times before them */
};

/* Called for each pass, in order. */
typedef void replay_sink(void *context, const struct replay_pass *pass);

/*
 * Starts `governor` with the text behind its colon (or NULL). NULL, or why it cannot run with this table. `setup` and
 * `table` must outlive the lane, which must not be moved.
 */
const char *replay_lane_start(struct replay_lane *lane, const struct governor *governor, const char *argument,
                              const struct idle_table *table, const struct replay_setup *setup);

/*
 * Replays one row. `sink` may be NULL. NULL, or what the governor did wrong: it chose a state that the table does not
 * have (*state).
 */
const char *replay_lane_row(struct replay_lane *lane, const struct replay_row *row, replay_sink *sink, void *context,
                            uint32_t *state);

#endif
