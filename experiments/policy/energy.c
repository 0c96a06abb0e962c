/* SPDX-License-Identifier: MIT */
/*
 * The package's energy counter around each slice. A slice is far shorter than the counter's wrap. A read that faults
 * (#GP) ends all energy measurement.
 */
#include "experiments/policy/parts.h"

void policy_energy_find(struct policy *policy)
{
    const struct machine *machine = policy->step->machine;

    policy->has_energy = !rapl_find(&policy->rapl, &machine->snapshot, hv_is_guest(&machine->hv));
}

void policy_energy_start(struct policy *policy)
{
    if (policy->has_energy)
        policy->has_energy = rapl_read(&policy->rapl, &policy->energy_begin);
}

void policy_energy_stop(struct policy *policy, uint32_t governor)
{
    struct rapl_reading end;

    if (!policy->has_energy)
        return;
    policy->has_energy = rapl_read(&policy->rapl, &end);
    policy->energy_nj[governor] += rapl_nj(&policy->rapl, RAPL_PKG, &policy->energy_begin, &end);
}
