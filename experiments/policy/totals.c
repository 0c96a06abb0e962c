/* SPDX-License-Identifier: MIT */
#include "experiments/policy/parts.h"

void policy_sum(const struct policy *policy, uint32_t governor, struct policy_totals *sum)
{
    *sum = (struct policy_totals){0};
    for (uint32_t i = 0; i < policy->cpu_count; i++) {
        const uint64_t *from = (const uint64_t *)(const void *)&policy_lane_at(policy, governor, i)->totals;
        uint64_t *to = (uint64_t *)(void *)sum;

        for (size_t k = 0; k < sizeof(*sum) / sizeof(*to); k++)
            to[k] += from[k];
    }
}
