/* SPDX-License-Identifier: MIT */
/*
 * The counters that say what was entered: residencies (Intel, not under a hypervisor), APERF and MPERF (CPUID), SMIs.
 */
#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/power_msr_regs.h"
#include "experiments/cstate/parts.h"

static uint32_t worth_trying(const struct cstate *cstate)
{
    if (cstate->guest || step_cpuid(cstate->step)->vendor != CPU_VENDOR_INTEL)
        return 0;
    return residency_counters(cstate->model);
}

void cstate_find_counters(struct cstate *cstate)
{
    uint32_t wanted = worth_trying(cstate);
    uint64_t value;

    cstate->counters = 0;
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        if ((wanted >> i & 1) && msr_read(residency_msr(cstate->model, i), &value))
            cstate->counters |= 1u << i;
    cstate->smi = wanted && msr_read(MSR_SMI_COUNT, &value);
    cstate->clocks = cpu_has(step_cpuid(cstate->step), CPUID_APERFMPERF) && msr_read(MSR_IA32_MPERF, &value) &&
                     msr_read(MSR_IA32_APERF, &value);
    if (cstate->guest)
        return;
    cstate->has_power_ctl =
        power_model_has(cstate->model, POWER_C1E) && msr_read(MSR_POWER_CTL, &cstate->register_power_ctl);
    cstate->has_cst = cstate->model && msr_read(MSR_PKG_CST_CONFIG_CONTROL, &cstate->register_cst);
}

void cstate_read(const struct cstate *cstate, struct cstate_reading *reading)
{
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        if (cstate->counters >> i & 1)
            msr_read(residency_msr(cstate->model, i), &reading->residency[i]);
    if (cstate->smi)
        msr_read(MSR_SMI_COUNT, &reading->smi);
}

void cstate_read_clocks(const struct cstate *cstate, struct cstate_reading *reading)
{
    uint64_t factor = clocks_per_count(cstate->model);

    if (!cstate->clocks)
        return;
    msr_read(MSR_IA32_APERF, &reading->aperf);
    msr_read(MSR_IA32_MPERF, &reading->mperf);
    reading->aperf *= factor;
    reading->mperf *= factor;
}
