/* SPDX-License-Identifier: MIT */
/*
 * oracle: knows when the wake-up comes, and takes the state that costs least until then (price.h). With a tick that can
 * be stopped no governor does better: the lowest cost is concave in the time, so two sleeps never cost less than one of
 * the same total length.
 */
#include "lib/governor/governor.h"
#include "lib/governor/price.h"

struct oracle {
    struct idle_prices prices;
};

static void enable(void *state, struct idle_loop *loop, uint32_t argument)
{
    struct oracle *oracle = state;

    (void)argument;
    idle_prices_of(&oracle->prices, loop->table);
}

static uint32_t oracle_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    const struct oracle *oracle = state;
    uint32_t enabled = idle_enabled_mask(loop->table);
    uint32_t allowed = idle_allowed_mask(loop->table, loop->limit_ns);
    int64_t left_ns = loop->answers->future_ns(loop);

    (void)stop_tick;
    if (allowed != 0)
        return idle_cheapest(&oracle->prices, allowed, left_ns > 0 ? left_ns : 0);
    return enabled != 0 ? idle_shallowest(enabled) : 0;
}

static void reflect(void *state, struct idle_loop *loop, uint32_t chosen)
{
    (void)state;
    loop->device.last = (int32_t)chosen;
}

static const struct governor governor_oracle = {
    .name = "oracle",
    .title = "knows the future: the bound",
    .state_bytes = sizeof(struct oracle),
    .needs_future = true,
    .enable = enable,
    .select = oracle_select,
    .reflect = reflect,
};
GOVERNOR(governor_oracle);
