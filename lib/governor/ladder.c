/* SPDX-License-Identifier: MIT */
/*
 * ladder: one state deeper after four periods that were long enough, one back after one that was not. It never looks at
 * a timer, and leaves the tick stopped whenever it may be.
 */
#include "lib/governor/governor.h"

enum {
    PERIODS_UP = 4,
    PERIODS_DOWN = 1,
};

struct rung {
    uint32_t up_count;
    uint32_t down_count;
    uint32_t up_needed;
    uint32_t down_needed;
    uint64_t up_above_ns;
    uint64_t down_below_ns;
};

struct ladder {
    uint32_t first; /* the polling state is not part of the ladder */
    struct rung rung[IDLE_STATES_MAX];
};

static void enable(void *state, struct idle_loop *loop, uint32_t argument)
{
    struct ladder *ladder = state;
    const struct idle_table *table = loop->table;

    (void)argument;
    ladder->first = idle_state_polls(table, 0) ? 1 : 0;
    loop->device.last = (int32_t)ladder->first;
    for (uint32_t i = ladder->first; i < table->count; i++) {
        struct rung *rung = &ladder->rung[i];

        rung->up_needed = PERIODS_UP;
        rung->down_needed = PERIODS_DOWN;
        if (i + 1 < table->count)
            rung->up_above_ns = (uint64_t)table->exit_latency_ns[i];
        if (i > ladder->first)
            rung->down_below_ns = (uint64_t)table->exit_latency_ns[i];
    }
}

static uint32_t step_to(struct ladder *ladder, struct idle_loop *loop, uint32_t from, uint32_t to)
{
    ladder->rung[from].up_count = 0;
    ladder->rung[from].down_count = 0;
    loop->device.last = (int32_t)to;
    return to;
}

static bool is_barred(const struct idle_loop *loop, uint32_t state)
{
    return idle_state_disabled(loop->table, state) || loop->table->exit_latency_ns[state] > loop->limit_ns;
}

/* The deepest state below `from` within the limit, or the first; disabled states are not skipped. */
static uint32_t forced_down_to(const struct ladder *ladder, const struct idle_loop *loop, uint32_t from)
{
    uint32_t state = from - 1;

    while (state > ladder->first && loop->table->exit_latency_ns[state] > loop->limit_ns)
        state--;
    return state;
}

static uint32_t ladder_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    struct ladder *ladder = state;
    uint32_t current = (uint32_t)loop->device.last;
    struct rung *rung = &ladder->rung[current];
    /* Unsigned on purpose: a residency below the exit latency counts as a very long one. */
    uint64_t slept_ns = loop->device.residency_ns - (uint64_t)loop->table->exit_latency_ns[current];

    (void)stop_tick;
    if (loop->limit_ns == 0)
        return step_to(ladder, loop, current, 0);
    if (current + 1 < loop->table->count && slept_ns > rung->up_above_ns && !is_barred(loop, current + 1)) {
        rung->up_count++;
        rung->down_count = 0;
        if (rung->up_count >= rung->up_needed)
            return step_to(ladder, loop, current, current + 1);
    }
    if (current > ladder->first && is_barred(loop, current))
        return step_to(ladder, loop, current, forced_down_to(ladder, loop, current));
    if (current > ladder->first && slept_ns < rung->down_below_ns) {
        rung->down_count++;
        rung->up_count = 0;
        if (rung->down_count >= rung->down_needed)
            return step_to(ladder, loop, current, current - 1);
    }
    return current;
}

static void reflect(void *state, struct idle_loop *loop, uint32_t chosen)
{
    (void)state;
    if (chosen > 0)
        loop->device.last = (int32_t)chosen;
}

static const struct governor governor_ladder = {
    .name = "ladder",
    .alias = "ladder-7.2",
    .title = "one state deeper after four long periods, back after a short one (Linux)",
    .state_bytes = sizeof(struct ladder),
    .enable = enable,
    .select = ladder_select,
    .reflect = reflect,
};
GOVERNOR(governor_ladder);
