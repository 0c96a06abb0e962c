// SPDX-License-Identifier: MIT
/*
 * The package's energy counter around each slice. Intel's MSR_PKG_ENERGY_STATUS counts in the unit of
 * MSR_RAPL_POWER_UNIT[12:8] (SDM volume 3, 14.10); it wraps at 32 bits. Not asked under a hypervisor.
 */
#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/irq/fault.h"
#include "experiments/policy.h"

enum {
    MSR_RAPL_POWER_UNIT = 0x606,
    MSR_PKG_ENERGY_STATUS = 0x611,
    ENERGY_UNIT_SHIFT = 8,
    ENERGY_UNIT_MASK = 0x1f,
};

static uint64_t read_energy(void)
{
    uint64_t value = 0;

    rdmsr_try(MSR_PKG_ENERGY_STATUS, &value);
    return value;
}

void policy_energy_find(struct policy *policy)
{
    const struct machine *machine = policy->run->machine;
    uint64_t unit = 0, value = 0;

    policy->energy_shift = 0;
    if (machine->snapshot.vendor != CPU_VENDOR_INTEL || machine->hv.kind != HYPERVISOR_NONE)
        return;
    if (rdmsr_try(MSR_RAPL_POWER_UNIT, &unit).valid ||
        rdmsr_try(MSR_PKG_ENERGY_STATUS, &value).valid || !value)
        return;
    policy->energy_shift = (unit >> ENERGY_UNIT_SHIFT) & ENERGY_UNIT_MASK;
}

void policy_energy_start(struct policy *policy)
{
    if (policy->energy_shift)
        policy->energy_begin = read_energy();
}

void policy_energy_stop(struct policy *policy, uint32_t governor)
{
    if (policy->energy_shift)
        policy->energy[governor] += (uint32_t)(read_energy() - policy->energy_begin);
}
