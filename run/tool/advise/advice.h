/* SPDX-License-Identifier: MIT */
/*
 * What `idlelab advise` knows: candidates (a governor, a table that it believes, a latency limit), each with a lane a
 * CPU, and what they have done with the recorded load, whole and by blocks of it. Only this folder includes it.
 */
#ifndef LAB_TOOL_ADVISE_ADVICE_H
#define LAB_TOOL_ADVISE_ADVICE_H

#include <stdio.h>

#include "run/tool/replay/lane.h"

enum {
    ADVICE_BLOCKS = 20, /* of a trace: the interval's degrees of freedom are one less */
    ADVICE_CANDIDATES_MAX = 24,
    ADVICE_NAME_BYTES = 32,
    ADVICE_LATENCY_BITS = 5,
    ADVICE_LATENCIES = 40 << ADVICE_LATENCY_BITS, /* classes: each octave from 1 ns in 32 */
    ADVICE_BUDGETS = 7,
    ADVICE_CPUS_MAX = 8192,
};

struct advice_block {
    uint64_t rows, cost, bound, latency_ns;
};

/* One candidate, all CPUs together. */
struct advice_tally {
    struct idle_counters counters;
    struct advice_block block[ADVICE_BLOCKS];
    struct advice_block all;
    uint64_t latency[ADVICE_LATENCIES]; /* rows by the latency that was added */
    uint64_t latency_max_ns;
    uint64_t passes, tick_wakes, poll_ns, time_ns;
};

struct advice_candidate {
    char name[ADVICE_NAME_BYTES];
    const struct governor *governor;
    const char *argument;
    const struct idle_table *table; /* that the governor believes */
    int64_t limit_ns;
    bool is_linux;   /* the governor that the machine ran */
    const char *why; /* it cannot run; NULL */
    struct advice_tally tally;
};

/* A CPU's load, for comparing CPUs. */
struct advice_cpu {
    char name[ADVICE_NAME_BYTES];
    uint64_t rows, wake_ns, deep, entries;
    double cost; /* of the machine's governor, of the least */
};

struct advice {
    struct idle_table table, truth;       /* the recorded one; the one that prices are taken from */
    bool measured;                        /* they differ */
    struct idle_table exits, residencies; /* the recorded one with the measured exits, residencies */
    int64_t tick_period_ns;
    char kernel[64], driver[64], version[64];
    struct advice_candidate candidate[ADVICE_CANDIDATES_MAX];
    uint32_t candidates;
    uint64_t rows, wake_ns;
    uint64_t fits[IDLE_STATES_MAX]; /* rows that are long enough for a state */
    struct idle_counters linux_did; /* by the recorded residencies */
    uint64_t caught[ADVICE_BUDGETS], burnt_ns[ADVICE_BUDGETS];
    struct advice_cpu *cpu;
    uint32_t cpus;
};

extern const int64_t ADVICE_BUDGET_NS[ADVICE_BUDGETS];

/* candidates.c: who is asked, once the tables and the version are known. */
void advice_candidates(struct advice *advice);

/* read.c: one folder of an import. False with a complaint on stderr. */
bool advice_read(struct advice *advice, const char *folder, const char *measured);

/* tally.c */
void advice_add_row(struct advice *advice, struct replay_lane *lanes, const struct replay_row *row, uint32_t block);
void advice_end_cpu(struct advice *advice, struct replay_lane *lanes);

/* Mean and half the 95 % interval over blocks; half is negative where there are too few. */
struct advice_interval {
    double mean, half;
};

/* Cost as a multiple of the least, or added latency in ns. */
struct advice_interval advice_cost(const struct advice_tally *tally);
struct advice_interval advice_latency(const struct advice_tally *tally);

/* The same, of one candidate less another block by block, as a share of the other. */
struct advice_interval advice_cost_change(const struct advice_tally *tally, const struct advice_tally *base);
struct advice_interval advice_latency_change(const struct advice_tally *tally, const struct advice_tally *base);

/* The added latency that a share of the rows does not exceed: the upper end of its class (3 % off), or the longest. */
double advice_quantile_ns(const struct advice_tally *tally, double share);

/* print.c, words.c, plot.c */
void advice_print(const struct advice *advice);
void advice_words(const struct advice *advice);
void advice_plot(const struct advice *advice);
void advice_polls(const struct advice *advice);
void advice_cpus(const struct advice *advice);

#endif
