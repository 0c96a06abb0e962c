/* SPDX-License-Identifier: MIT */
/* poll: never sleeps. The upper bound of the cost, and the lower bound of the latency. */
#include "lib/governor/governor.h"

static const char *check(const struct idle_table *table, uint32_t argument)
{
    (void)argument;
    return idle_state_polls(table, 0) && !idle_state_disabled(table, 0) ? NULL : "state 0 must poll and be enabled";
}

static uint32_t poll_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    (void)state;
    (void)loop;
    *stop_tick = false;
    return 0;
}

static void reflect(void *state, struct idle_loop *loop, uint32_t chosen)
{
    (void)state;
    loop->device.last = (int32_t)chosen;
}

static const struct governor governor_poll = {
    .name = "poll",
    .title = "always polls",
    .check = check,
    .select = poll_select,
    .reflect = reflect,
};
GOVERNOR(governor_poll);
