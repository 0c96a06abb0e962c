/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `breakeven` share: its keys, and one step's working set. */
#ifndef LAB_EXPERIMENTS_BREAKEVEN_MODEL_H
#define LAB_EXPERIMENTS_BREAKEVEN_MODEL_H

#include "arch/x86/power/rapl.h"
#include "experiments/kit/wait.h"
#include "lib/infer/crossing.h"
#include "lib/infer/mean.h"

enum breakeven_key {
    BREAKEVEN_STATES,
    BREAKEVEN_INTERVAL,
    BREAKEVEN_POINTS,
    BREAKEVEN_SLICE,
    BREAKEVEN_ROUNDS,
    BREAKEVEN_BUDGET,
    BREAKEVEN_FORCE,
    BREAKEVEN_KEYS,
};

enum {
    BREAKEVEN_STATES_MAX = 8,
    BREAKEVEN_POINTS_MAX = 150, /* including points added between others */
    BREAKEVEN_SWEEP_MAX = 100,
    BREAKEVEN_HALVINGS = 6, /* of the bracket of each crossing, after the sweep */
    BREAKEVEN_ROUNDS_MAX = 64,
    BREAKEVEN_ROUNDS_LEAST = 3, /* before an interval may count as done */
    BREAKEVEN_NAPS_KEPT = 64,   /* latencies kept of each state and interval */
    BREAKEVEN_WORD_BYTES = 16,
};

struct breakeven_state {
    struct nap_state nap;
    char word[BREAKEVEN_WORD_BYTES]; /* "mwait:0x20" */
};

/* One state slept in for one length of idle. */
struct breakeven_cell {
    uint32_t naps;                          /* naps that their event ended */
    uint32_t early;                         /* naps whose event came before the wait began */
    uint32_t other;                         /* ended by something else */
    int64_t power_uw[BREAKEVEN_ROUNDS_MAX]; /* of the package, round by round; 0: the slice is lost */
    uint64_t energy_nj[RAPL_DOMAINS];       /* all slices together */
    uint64_t energy_ns;
    int64_t latency_tsc[BREAKEVEN_NAPS_KEPT];
    int64_t silent_tsc[BREAKEVEN_NAPS_KEPT]; /* from the last stamp before the wait to the event */
};

struct breakeven {
    struct nap nap;
    struct rapl rapl;
    const char *no_energy; /* why there is none; NULL: there is */
    bool guest;
    uint32_t state_count;
    struct breakeven_state states[BREAKEVEN_STATES_MAX];
    uint32_t point_count;
    uint64_t interval_tsc[BREAKEVEN_POINTS_MAX];
    uint64_t slice_tsc, step_limit_tsc;
    uint32_t rounds;
    uint32_t point, round, turn; /* the next slice to measure */
    uint32_t first, count;       /* the states that take turns at this point */
    uint32_t sweep_points;       /* point_count before points were added between others */
    uint32_t pair, halvings;     /* the crossing to narrow, and how often its bracket was halved */
    uint64_t bracket_ns;         /* its width when last looked at */
    uint32_t kept_slices;
    uint32_t lost_slices;         /* the counter did not step in time, was #GP, or could have wrapped */
    struct breakeven_cell *cells; /* point by point, state by state */
};

#endif /* LAB_EXPERIMENTS_BREAKEVEN_MODEL_H */
