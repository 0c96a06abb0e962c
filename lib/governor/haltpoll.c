/* SPDX-License-Identifier: MIT */
/*
 * haltpoll: a guest polls for a while before it halts, so that a wake-up that comes soon costs no exit. The budget
 * grows after halts that a larger one would have caught, and shrinks after long ones. State 0 polls, state 1 halts.
 */
#include "lib/governor/governor.h"

/* Defaults of the module's parameters (Documentation/virt/guest-halt-polling.rst), ns. */
enum {
    POLL_MAX_NS = 200000,
    POLL_START_NS = 50000,
    POLL_GROW = 2,
    POLL_SHRINK = 2,
};

static uint32_t haltpoll_select(void *state, struct idle_loop *loop, bool *stop_tick)
{
    const struct idle_device *device = &loop->device;

    (void)state;
    if (loop->limit_ns != 0) {
        if (device->poll_limit_ns == 0)
            return 1;
        if (device->last == 0 && device->timed_out)
            return 1;
    }
    *stop_tick = false;
    return 0;
}

static uint64_t grown_ns(uint64_t budget_ns)
{
    uint32_t grown = (uint32_t)budget_ns * POLL_GROW;

    if (grown < POLL_START_NS)
        return POLL_START_NS;
    return grown > POLL_MAX_NS ? POLL_MAX_NS : grown;
}

static uint64_t shrunk_ns(uint64_t budget_ns)
{
    uint64_t shrunk = budget_ns / POLL_SHRINK;

    return shrunk < POLL_START_NS ? 0 : shrunk;
}

static void reflect(void *state, struct idle_loop *loop, uint32_t chosen)
{
    struct idle_device *device = &loop->device;

    (void)state;
    device->last = (int32_t)chosen;
    if (chosen == 0)
        return;
    if (device->residency_ns > POLL_MAX_NS)
        device->poll_limit_ns = shrunk_ns(device->poll_limit_ns);
    else if (device->residency_ns > device->poll_limit_ns)
        device->poll_limit_ns = grown_ns(device->poll_limit_ns);
}

static const struct governor governor_haltpoll = {
    .name = "haltpoll",
    .alias = "haltpoll-7.2",
    .title = "polls before it halts, with a budget that grows and shrinks (Linux)",
    .select = haltpoll_select,
    .reflect = reflect,
};
GOVERNOR(governor_haltpoll);
