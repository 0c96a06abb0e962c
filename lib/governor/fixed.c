/* SPDX-License-Identifier: MIT */
/*
 * fixed:STATE: always the same state. Where the latency limit forbids it, the deepest enabled one below it that the
 * limit allows, or else the shallowest enabled.
 */
#include "lib/governor/governor.h"

struct fixed {
    uint32_t state;
};

static const char *check(const struct idle_table *table, uint32_t argument)
{
    return idle_state_disabled(table, argument) ? "that state is disabled" : NULL;
}

static void enable(void *state, struct idle_loop *loop, uint32_t argument)
{
    struct fixed *fixed = state;

    (void)loop;
    fixed->state = argument;
}

static uint32_t fixed_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    const struct fixed *fixed = state;
    const struct idle_table *table = loop->table;
    uint32_t chosen = idle_shallowest(idle_enabled_mask(table));

    for (uint32_t i = fixed->state + 1; i-- > 0;)
        if (!idle_state_disabled(table, i) && table->exit_latency_ns[i] <= loop->limit_ns) {
            chosen = i;
            break;
        }
    if (idle_state_polls(table, chosen))
        *stop_tick = false;
    return chosen;
}

static void reflect(void *state, struct idle_loop *loop, uint32_t chosen)
{
    (void)state;
    loop->device.last = (int32_t)chosen;
}

static const struct governor governor_fixed = {
    .name = "fixed",
    .title = "always one state",
    .state_bytes = sizeof(struct fixed),
    .needs_argument = true,
    .check = check,
    .enable = enable,
    .select = fixed_select,
    .reflect = reflect,
};
GOVERNOR(governor_fixed);
