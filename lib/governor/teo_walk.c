/* SPDX-License-Identifier: MIT */
#include "lib/governor/teo_walk.h"

struct teo_start teo_begin(const struct teo_bins *bins, const struct idle_loop *loop, uint32_t enabled)
{
    const struct idle_table *table = loop->table;
    struct teo_start start = {enabled, idle_shallowest(enabled), idle_deepest(enabled), 0, 0, 0};

    for (uint32_t i = 0; i < start.candidate; i++) {
        start.hits += bins->hit[i];
        start.intercepts += bins->intercept[i];
    }
    for (uint32_t i = start.candidate; i >= 1; i--)
        if (enabled >> i & 1 && table->exit_latency_ns[i] <= loop->limit_ns) {
            start.cap = i;
            break;
        }
    return start;
}

uint32_t teo_shallower(const struct idle_table *table, uint32_t state, int64_t time_ns)
{
    uint32_t found = state;

    for (uint32_t i = state; i-- > 0;) {
        if (idle_state_disabled(table, i))
            continue;
        found = i;
        if (table->target_residency_ns[i] <= time_ns)
            break;
    }
    return found;
}

uint32_t teo_end(const struct idle_loop *loop, const struct teo_start *start, uint32_t candidate, int64_t sleep_ns,
                 int64_t event_ns, bool *stop_tick)
{
    const struct idle_table *table = loop->table;

    if (loop->tick_stopped || (!idle_state_polls(table, candidate) && sleep_ns >= loop->tick_period_ns))
        return candidate;
    *stop_tick = false;
    if (candidate > start->first && table->target_residency_ns[candidate] > event_ns)
        return teo_shallower(table, candidate, event_ns);
    return candidate;
}
