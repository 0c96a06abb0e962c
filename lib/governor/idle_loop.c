/* SPDX-License-Identifier: MIT */
#include "lib/governor/idle_loop.h"

enum {
    POLL_SHARE_OF_TICK = 16,
    POLL_WORTH_ENDING_NS = 10000, /* states with a shorter target residency do not end a poll */
};

uint64_t idle_poll_budget_ns(struct idle_loop *loop)
{
    const struct idle_table *table = loop->table;
    int64_t budget_ns = loop->tick_period_ns / POLL_SHARE_OF_TICK;

    if (loop->device.poll_limit_ns != 0)
        return loop->device.poll_limit_ns;
    for (uint32_t i = 1; i < table->count; i++) {
        if (idle_state_disabled(table, i) || table->target_residency_ns[i] < POLL_WORTH_ENDING_NS)
            continue;
        if (table->target_residency_ns[i] < budget_ns)
            budget_ns = table->target_residency_ns[i];
        break;
    }
    loop->device.poll_limit_ns = (uint64_t)budget_ns;
    return loop->device.poll_limit_ns;
}
