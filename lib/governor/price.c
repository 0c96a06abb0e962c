/* SPDX-License-Identifier: MIT */
#include "lib/governor/price.h"

void idle_prices_of(struct idle_prices *prices, const struct idle_table *table)
{
    uint32_t power = IDLE_POWER_POLL;
    uint64_t entry = 0;

    prices->table = table;
    for (uint32_t i = 0; i < table->count; i++) {
        if (idle_state_polls(table, i)) {
            prices->entry[i] = 0;
            prices->power[i] = IDLE_POWER_POLL;
            continue;
        }
        entry += (uint64_t)(power - power / 2) * (uint64_t)table->target_residency_ns[i];
        power /= 2;
        prices->entry[i] = entry;
        prices->power[i] = power;
    }
}

uint32_t idle_allowed_mask(const struct idle_table *table, int64_t limit_ns)
{
    uint32_t mask = idle_enabled_mask(table);

    for (uint32_t i = 0; i < table->count; i++)
        if (table->exit_latency_ns[i] > limit_ns)
            mask &= ~(1u << i);
    return mask;
}

uint64_t idle_cost(const struct idle_prices *prices, uint32_t state, int64_t time_ns)
{
    return prices->entry[state] + prices->power[state] * (uint64_t)time_ns;
}

uint32_t idle_cheapest(const struct idle_prices *prices, uint32_t mask, int64_t time_ns)
{
    uint32_t best = idle_shallowest(mask);

    for (uint32_t i = best + 1; i < prices->table->count; i++)
        if (mask >> i & 1 && idle_cost(prices, i, time_ns) <= idle_cost(prices, best, time_ns))
            best = i;
    return best;
}

uint64_t idle_charge(const struct idle_prices *prices, uint32_t mask, uint32_t state, int64_t time_ns)
{
    uint64_t dearest = 0;

    if (mask >> state & 1)
        return idle_cost(prices, state, time_ns);
    if (mask == 0)
        return IDLE_POWER_POLL * (uint64_t)time_ns;
    for (uint32_t i = 0; i < prices->table->count; i++)
        if (mask >> i & 1 && idle_cost(prices, i, time_ns) > dearest)
            dearest = idle_cost(prices, i, time_ns);
    return dearest;
}
