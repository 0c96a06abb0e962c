/* SPDX-License-Identifier: MIT */
/*
 * Decisions a second of every governor on this machine: select and reflect with the counters, over a made-up trace in
 * memory, in CPU time. The machine around them is as small as it can be: one event a period, at its own exit latency. A
 * last column says how that compares with the 20 million a second that the project asks for.
 *
 *   governors [DECISIONS]
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/governor/governor.h"
#include "lib/prng.h"

enum {
    PERIODS = 4096,       /* of the trace; a power of two */
    STRETCH = 128,        /* periods of one pattern */
    DECISIONS = 10000000, /* by default */
    REPEATS = 3,          /* the best counts: other programs only ever slow it down */
    GOAL_PER_US = 20,
    TICK_NS = 4000000,
    SEED = 7,
};

/* One idle period; all distances in ns. */
struct period {
    int64_t timer_ns;
    int64_t tick_ns;
    int64_t wake_ns;
};

struct bench {
    struct governor_run run;
    const struct period *period;
    int64_t clock_ns;
};

static const struct bench *bench_of(const struct idle_loop *loop)
{
    return (const struct bench *)(const void *)((const char *)loop - offsetof(struct bench, run.loop));
}

static struct idle_distance query(const struct idle_loop *loop)
{
    const struct period *period = bench_of(loop)->period;
    bool tick_first = !loop->tick_stopped && period->tick_ns < period->timer_ns;

    return (struct idle_distance){period->timer_ns, tick_first ? period->tick_ns : period->timer_ns};
}

static int64_t now_ns(const struct idle_loop *loop)
{
    return bench_of(loop)->clock_ns;
}

static int64_t future_ns(const struct idle_loop *loop)
{
    return bench_of(loop)->period->wake_ns;
}

static const struct idle_answers ANSWERS = {query, now_ns, future_ns};

/* The states of a server processor of 2023, with their published times. */
static const struct idle_table SERVER = {
    .count = 4,
    .poll_mask = 1,
    .exit_latency_ns = {0, 1000, 2000, 290000},
    .target_residency_ns = {0, 1000, 4000, 800000},
    .name = {"POLL", "C1", "C1E", "C6"},
};

/* Those of a client processor of 2015: nine of them, the most a driver of it offers. */
static const struct idle_table CLIENT = {
    .count = 9,
    .poll_mask = 1,
    .exit_latency_ns = {0, 2000, 10000, 70000, 85000, 124000, 200000, 480000, 890000},
    .target_residency_ns = {0, 2000, 20000, 100000, 200000, 800000, 800000, 5000000, 5000000},
    .name = {"POLL", "C1", "C1E", "C3", "C6", "C7s", "C8", "C9", "C10"},
};

/* A stretch of one pattern: how far its timer is, and how long its sleeps are, in ns. */
struct pattern {
    uint64_t timer_low_ns, timer_high_ns;
    uint64_t wake_low_ns, wake_high_ns;
};

/* A busy timer; network interrupts; a ping-pong with a partner on another CPU; nothing much; anything. */
static const struct pattern PATTERNS[] = {
    {900000, 1100000, 900000, 1100000},      {1000000, 50000000, 20000, 200000}, {1000000, 4000000, 3000, 5000},
    {10000000, 90000000, 1000000, 90000000}, {2000, 50000000, 500, 50000000},
};

static void make_trace(struct period *periods)
{
    struct prng prng;

    prng_seed(&prng, SEED);
    for (uint32_t i = 0; i < PERIODS; i++) {
        const struct pattern *pattern = &PATTERNS[i / STRETCH % (sizeof(PATTERNS) / sizeof(PATTERNS[0]))];

        periods[i].timer_ns = (int64_t)prng_log_range(&prng, pattern->timer_low_ns, pattern->timer_high_ns);
        periods[i].wake_ns = (int64_t)prng_log_range(&prng, pattern->wake_low_ns, pattern->wake_high_ns);
        if (periods[i].wake_ns > periods[i].timer_ns)
            periods[i].wake_ns = periods[i].timer_ns;
        periods[i].tick_ns = (int64_t)prng_range(&prng, 1, TICK_NS);
    }
}

/* CPU time of this process in s. */
static double cpu_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void decide(struct bench *bench, const struct period *periods, uint64_t decisions)
{
    const struct idle_table *table = bench->run.loop.table;
    struct governor_choice choice;

    for (uint64_t i = 0; i < decisions; i++) {
        int64_t residency_ns;
        bool tick_woke;

        bench->period = &periods[i % PERIODS];
        if (!governor_choose(&bench->run, &choice))
            abort();
        tick_woke = !choice.tick_stopped && bench->period->tick_ns < bench->period->wake_ns;
        residency_ns = tick_woke ? bench->period->tick_ns : bench->period->wake_ns;
        residency_ns += table->exit_latency_ns[choice.state];
        bench->clock_ns += residency_ns;
        governor_slept(&bench->run, choice.state, (uint64_t)residency_ns, tick_woke);
        bench->run.loop.tick_stopped = false;
    }
}

/* Decisions a microsecond, or 0 where the governor cannot run with the table. */
static double measure(const struct governor *governor, const struct idle_table *table, const struct period *periods,
                      uint64_t decisions)
{
    struct idle_loop loop = {
        .table = table,
        .answers = &ANSWERS,
        .tick_period_ns = TICK_NS,
        .limit_ns = IDLE_LIMIT_NONE_NS,
    };
    double best_s = 0;

    for (uint32_t i = 0; i < REPEATS; i++) {
        struct bench bench = {.clock_ns = 0};
        double begin_s;

        if (governor_start(&bench.run, governor, governor->needs_argument ? "1" : NULL, &loop))
            return 0;
        begin_s = cpu_s();
        decide(&bench, periods, decisions);
        begin_s = cpu_s() - begin_s;
        if (best_s == 0 || begin_s < best_s)
            best_s = begin_s;
    }
    return (double)decisions / best_s / 1e6;
}

int main(int argc, char **argv)
{
    uint64_t decisions = argc > 1 ? strtoull(argv[1], NULL, 10) : DECISIONS;
    static struct period periods[PERIODS];
    bool good = true;

    make_trace(periods);
    printf("%-12s %14s %14s %8s\n", "governor", "4 states, M/s", "9 states, M/s", "of 20");
    for (uint32_t g = 0; g < governor_count(); g++) {
        double server = measure(governor_at(g), &SERVER, periods, decisions);
        double client = measure(governor_at(g), &CLIENT, periods, decisions);
        double slower = server < client ? server : client;

        printf("%-12s %14.1f %14.1f %8.2f\n", governor_at(g)->name, server, client, slower / GOAL_PER_US);
        good &= slower >= GOAL_PER_US;
    }
    return good ? 0 : 1;
}
