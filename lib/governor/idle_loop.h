/* SPDX-License-Identifier: MIT */
/*
 * What a governor sees of the idle loop of one CPU: the device record that both keep, and the questions that a governor
 * may ask. The live loop and the replay on the host fill in the same structure, so that they run the same governors.
 *
 * All times are signed ns. One CPU owns one idle_loop; no locks; interrupts may be off.
 */
#ifndef LAB_LIB_GOVERNOR_IDLE_LOOP_H
#define LAB_LIB_GOVERNOR_IDLE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/governor/idle_table.h"

/* No latency limit, and a time that never comes. */
#define IDLE_LIMIT_NONE_NS IDLE_TIME_MAX_NS
#define IDLE_NEVER_NS      INT64_MAX

struct idle_distance {
    int64_t timer_ns; /* to the next real timer; negative when it is late */
    int64_t event_ns; /* to the next event of any kind: the tick too, while it runs; negative when it is late */
};

struct idle_loop;

/* Answers that only the loop's owner can give. */
struct idle_answers {
    /* The distances from now. Costly on a real machine: ask at most once per pass. */
    struct idle_distance (*query)(const struct idle_loop *loop);
    /* A monotonic clock. */
    int64_t (*now_ns)(const struct idle_loop *loop);
    /* From now to the event that will end the idle stretch; NULL where the future is unknown. */
    int64_t (*future_ns)(const struct idle_loop *loop);
};

struct idle_device {
    int32_t last;           /* the state that the governor noted last; -1: nothing pending */
    bool timed_out;         /* the last poll ended because its budget ran out */
    uint64_t residency_ns;  /* of the last idle period, exit included; 0 after a refused entry */
    uint64_t poll_limit_ns; /* the budget of a poll; 0: not computed yet */
};

struct idle_loop {
    const struct idle_table *table;
    const struct idle_answers *answers;
    int64_t tick_period_ns;
    int64_t limit_ns;    /* of the exit latency, now; 0: polling only */
    uint32_t iowaiters;  /* tasks of this CPU that wait for a disk: Linux before 6.12 asks */
    bool tick_stopped;   /* in an earlier pass of this idle stretch */
    bool tick_woke;      /* the tick fired during the period that has just ended */
    bool queried;        /* the governor asked for the distances in this pass */
    int64_t forecast_ns; /* how long it expects the period to be; 0: it says nothing */
    struct idle_device device;
};

static inline struct idle_distance idle_query(struct idle_loop *loop)
{
    loop->queried = true;
    return loop->answers->query(loop);
}

/* True where the tick fired during this period. Clears the answer. */
static inline bool idle_tick_woke(struct idle_loop *loop)
{
    bool woke = loop->tick_woke;

    loop->tick_woke = false;
    return woke;
}

/*
 * The budget of a poll in ns: the device's poll limit. Where that is 0 it is computed once and kept there: a sixteenth
 * of the tick, but at most the target residency of the first enabled state with 10 us or more.
 */
uint64_t idle_poll_budget_ns(struct idle_loop *loop);

#endif
