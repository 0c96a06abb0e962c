/* SPDX-License-Identifier: MIT */
/* The readings of vitals.h; vitals_rows.c makes rows of them. */
#include "experiments/kit/vitals.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/health_msr_regs.h"
#include "arch/x86/power/power_msr_regs.h"
#include "experiments/kit/experiment.h"

static const struct {
    uint32_t msr;
    struct cpuid_field need; /* leaf 0: none */
} registers[VITALS_REGISTERS] = {
    [VITALS_CORE_HEAT] = {MSR_IA32_THERM_STATUS, CPUID_FEATURE(0x00000006, 0, EAX, 0)},
    [VITALS_PACKAGE_HEAT] = {MSR_IA32_PACKAGE_THERM_STATUS, CPUID_FEATURE(0x00000006, 0, EAX, 6)},
    [VITALS_HEAT_TARGET] = {MSR_TEMPERATURE_TARGET, {0}},
    [VITALS_EPB] = {MSR_IA32_ENERGY_PERF_BIAS, CPUID_EPB},
    [VITALS_HWP] = {MSR_IA32_HWP_REQUEST, CPUID_HWP},
    [VITALS_UNCORE_LIMIT] = {MSR_UNCORE_RATIO_LIMIT, {0}},
    [VITALS_UNCORE] = {MSR_UNCORE_PERF_STATUS, {0}},
    [VITALS_IRTL_PC3] = {MSR_PKGC3_IRTL, {0}},
    [VITALS_IRTL_PC6] = {MSR_PKGC6_IRTL, {0}},
    [VITALS_IRTL_PC7] = {MSR_PKGC7_IRTL, {0}},
    [VITALS_IRTL_PC8] = {MSR_PKGC8_IRTL, {0}},
    [VITALS_IRTL_PC9] = {MSR_PKGC9_IRTL, {0}},
    [VITALS_IRTL_PC10] = {MSR_PKGC10_IRTL, {0}},
};

static bool is_bare_intel(const struct step *step)
{
    return !hv_is_guest(&step->machine->hv) && step_cpuid(step)->vendor == CPU_VENDOR_INTEL;
}

static void find(struct vitals *vitals)
{
    const struct step *step = vitals->step;
    const struct cpu_snapshot *cpu = step_cpuid(step);
    uint64_t value;

    vitals->clocks = cpu_has(cpu, CPUID_APERFMPERF) && msr_read(MSR_IA32_MPERF, &value);
    vitals->energy = !rapl_find(&vitals->rapl, cpu, hv_is_guest(&step->machine->hv));
    if (!is_bare_intel(step))
        return;
    vitals->model = power_model_of(cpu);
    vitals->smi = msr_read(MSR_SMI_COUNT, &value);
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        if ((residency_counters(vitals->model) >> i & 1) && msr_read(residency_msr(vitals->model, i), &value))
            vitals->counters |= 1u << i;
}

/* The clocks stand next to the stamp: their ratio to it is the share of time awake. */
static void read_counters(struct vitals *vitals, struct vitals_reading *reading)
{
    for (unsigned i = 0; i < RESIDENCY_COUNT; i++)
        if (vitals->counters >> i & 1)
            msr_read(residency_msr(vitals->model, i), &reading->residency[i]);
    if (vitals->smi)
        msr_read(MSR_SMI_COUNT, &reading->smi);
    if (vitals->energy)
        vitals->energy = rapl_read(&vitals->rapl, &reading->energy);
    if (vitals->clocks) {
        msr_read(MSR_IA32_APERF, &reading->aperf);
        msr_read(MSR_IA32_MPERF, &reading->mperf);
    }
    reading->tsc = step_now_tsc();
}

/* A request to HWP means something once HWP is on. */
static bool is_off(unsigned i)
{
    uint64_t enabled = 0;

    return i == VITALS_HWP && !(msr_read(MSR_IA32_PM_ENABLE, &enabled) && (enabled & PM_ENABLE_HWP));
}

void vitals_begin(void *context)
{
    struct vitals *vitals = context;

    find(vitals);
    read_counters(vitals, &vitals->begin);
}

void vitals_end(void *context)
{
    struct vitals *vitals = context;
    const struct cpu_snapshot *cpu = step_cpuid(vitals->step);

    read_counters(vitals, &vitals->end);
    for (unsigned i = 0; i < VITALS_REGISTERS && is_bare_intel(vitals->step); i++)
        if ((!registers[i].need.leaf || cpu_has(cpu, registers[i].need)) && !is_off(i) &&
            msr_read(registers[i].msr, &vitals->value[i]))
            vitals->there |= 1u << i;
    vitals->whole = true;
}
