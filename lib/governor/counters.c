/* SPDX-License-Identifier: MIT */
#include "lib/governor/counters.h"

void idle_counters_add(struct idle_counters *counters, const struct idle_table *table, uint32_t state,
                       uint64_t residency_ns)
{
    struct idle_state_count *count = &counters->state[state];
    uint64_t latency_ns = (uint64_t)table->exit_latency_ns[state];
    uint32_t enabled = idle_enabled_mask(table);
    bool has_shallower = (enabled & ((1u << state) - 1)) != 0;
    uint32_t deeper = enabled & ~((2u << state) - 1);
    uint32_t next = deeper ? idle_shallowest(deeper) : state;
    bool too_short = residency_ns < (uint64_t)table->target_residency_ns[state];
    bool pays_deeper =
        (residency_ns > latency_ns) & (residency_ns - latency_ns >= (uint64_t)table->target_residency_ns[next]);

    count->time_ns += residency_ns;
    count->usage++;
    count->above += too_short & has_shallower;
    count->below += !too_short & (deeper != 0) & pays_deeper;
}
