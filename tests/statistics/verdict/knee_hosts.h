/* SPDX-License-Identifier: MIT */
/*
 * Processors and hosts whose naps a sweep over the length of idle is made of: what the hardware enters by itself, what
 * it demotes by what came before, and what disturbs. Sources: Intel datasheets (demotion by each core's immediate
 * residency history until enough of it is established; package states, which want every core idle; C1E); SDM volume 4
 * (auto-demotion and undemotion in E2h, residency counters, Knights Landing's TSC); PPR (CC1 to CC6 by the core's own
 * timer); Linux's intel_idle (latencies; C1 demotion, which it may switch) and intel_pstate (clocks that follow the
 * load).
 */
#ifndef LAB_TESTS_STATISTICS_VERDICT_KNEE_HOSTS_H
#define LAB_TESTS_STATISTICS_VERDICT_KNEE_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/power/power_model.h"
#include "lib/prng.h"

enum { KNEE_STEPS = 2, KNEE_HISTORY = 32 };

enum {
    HAS_CC6 = 1 << RESIDENCY_CC6,
    HAS_PC6 = 1 << RESIDENCY_PC6,
    HAS_ALL = HAS_CC6 | HAS_PC6 | 1 << RESIDENCY_CC1,
};

/* By what a nap is demoted: its own length, or what came before. */
enum knee_rule {
    BY_LENGTH,
    BY_MEAN,      /* of the last 2 to 32 lengths of idle */
    BY_RATE,      /* of wakes in the last 1 to 16 ms */
    BY_TURNING,   /* 1 to 8 short ones in a row demote, as many that are up to 4 times as long undo it */
    BY_TRIAL,     /* by the last length; but each fourth to sixteenth nap is let in, or is not */
    BY_NEIGHBOUR, /* the package waits for another core, which works now and then: more or less often by host */
    BY_TICK,      /* the same, with a tick each 1 to 10 ms */
};

/* What begins at a length of idle, by host anywhere between two. */
struct knee_beginning {
    double low_us, high_us; /* 0: there is none */
    double add_us;          /* to the latency, by host from half to twice */
    enum residency counter; /* that counts it; RESIDENCY_COUNT: none */
    double width;           /* it begins over lengths of so many times: 1 is sharp */
};

struct knee_kind {
    const char *words;
    uint8_t want;
    unsigned counters;
    struct knee_beginning begins[KNEE_STEPS];
    enum knee_rule rule;
    double scatter;        /* of one latency, log-normal */
    double late, late_us;  /* share of wakes that are late, by up to so much */
    double idling;         /* long idling costs up to so many times more, little by little: caches, clock */
    double idling_us;      /* with this length for its scale */
    double sharp;          /* so many times steeper: a governor that counts load in windows */
    double off_ppm;        /* the event's clock is off, by host up to that */
    double bursts, factor; /* share of the time in which a neighbour multiplies latencies */
    double burst_us;       /* length of such a time, by host from a tenth to ten times */
    double other_us;       /* the other thread ends sleep so often: only that much of it is one piece */
    unsigned coarse_tsc;   /* the TSC moves in such steps */
    unsigned samples;      /* 0: 100 */
    double enter_us;       /* a sleep that was begun is entered first */
    bool guest, hidden;    /* hidden: pre-wake, the timer's latency does not rise */
    bool clocked;          /* what idling costs is the clock's, and APERF and MPERF can be read */
};

struct knee_host {
    const struct knee_kind *kind;
    struct prng prng;
    double base_us, at_us[KNEE_STEPS], add_us[KNEE_STEPS], off, now_us, burst_mean_us, burst_ends_us;
    bool burst;
    /* What demotion goes by. */
    double memory;                /* how many naps, or ms, by host */
    double past_us[KNEE_HISTORY]; /* lengths of the last naps */
    double wakes;                 /* BY_RATE: in the window, the older ones count for less */
    unsigned naps, in_a_row;
    bool undone;                         /* BY_TURNING: not demoted */
    double up;                           /* BY_TURNING: how many times longer naps must be that undo it */
    double works_us, rests_us, turns_us; /* the other core; when it turns next */
    bool works;
};

void knee_host_draw(struct knee_host *host, const struct knee_kind *kind, uint64_t seed);

/* One nap: its latency in us, and how long each counter counts, in us. */
double knee_host_nap(struct knee_host *host, double us, double in[RESIDENCY_COUNT]);

/* How many times more idling so long costs. */
double knee_kind_slowed(const struct knee_kind *kind, double us);

#endif
