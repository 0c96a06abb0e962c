/* SPDX-License-Identifier: MIT */
#include "arch/x86/power/evidence.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/power_model.h"
#include "arch/x86/power/power_msr_regs.h"
#include "arch/x86/machine.h"

#define MSR_IA32_FIXED_CTR_CTRL   0x38D
#define MSR_IA32_PERF_GLOBAL_CTRL 0x38F
/* Fixed counters 1 and 2, ring 0 only, no interrupt (SDM volume 3, figure 20-2); their enables (figure 20-3). */
#define FIXED_CTR_CTRL_CYCLES     UINT64_C(0x110)
#define PERF_GLOBAL_CTRL_CYCLES   (UINT64_C(6) << 32)

enum { FIXED_COUNTERS_NEEDED = 3 };

static const uint16_t msrs[EVIDENCE_CC1] = {
    [EVIDENCE_SMI] = MSR_SMI_COUNT,    [EVIDENCE_APERF] = MSR_IA32_APERF,
    [EVIDENCE_MPERF] = MSR_IA32_MPERF, [EVIDENCE_CORE_CYCLES] = 0x30A, /* IA32_FIXED_CTR1 */
    [EVIDENCE_REF_CYCLES] = 0x30B,                                     /* IA32_FIXED_CTR2 */
};

/* From EVIDENCE_CC1 on in residency.h's order. */
static enum residency residency_of(unsigned counter)
{
    _Static_assert(EVIDENCE_COUNT - EVIDENCE_CC1 == (int)RESIDENCY_COUNT, "order");
    _Static_assert(EVIDENCE_MC6 - EVIDENCE_CC1 == (int)RESIDENCY_MC6, "order");

    return (enum residency)(counter - EVIDENCE_CC1);
}

static uint32_t msr_of(const struct power_model *model, unsigned counter)
{
    return counter < EVIDENCE_CC1 ? msrs[counter] : residency_msr(model, residency_of(counter));
}

/* A KVM that lets its guest run MWAIT may let it read the core's residencies as well (KVM_X86_DISABLE_EXITS_CSTATE). */
static bool is_lent(const struct machine *machine, const struct cpu_snapshot *snapshot, unsigned counter)
{
    return machine->hv.kind == HYPERVISOR_KVM && cpu_has(snapshot, CPUID_MONITOR) && counter >= EVIDENCE_CC1 &&
           counter <= EVIDENCE_CC7;
}

/* CPUID lists APERF and MPERF; the model-specific counters are Intel's, in a guest only where it was lent them. */
static bool worth_trying(const struct machine *machine, const struct cpu_snapshot *snapshot, unsigned counter)
{
    if (counter == EVIDENCE_APERF || counter == EVIDENCE_MPERF)
        return cpu_has(snapshot, CPUID_APERFMPERF);
    if (counter == EVIDENCE_CORE_CYCLES || counter == EVIDENCE_REF_CYCLES)
        return cpu_pmu_info(snapshot).version >= 2 && cpu_pmu_info(snapshot).fixed >= FIXED_COUNTERS_NEEDED;
    if (counter >= EVIDENCE_CC1 && !(residency_counters(power_model_of(snapshot)) >> residency_of(counter) & 1))
        return false;
    return snapshot->vendor == CPU_VENDOR_INTEL &&
           (machine->hv.kind == HYPERVISOR_NONE || is_lent(machine, snapshot, counter));
}

static void start_fixed_counters(struct percpu *cpu)
{
    uint64_t control, global;

    if (!msr_read(MSR_IA32_FIXED_CTR_CTRL, &control) || !msr_read(MSR_IA32_PERF_GLOBAL_CTRL, &global))
        return;
    msr_change(&cpu->msr_saves, MSR_IA32_FIXED_CTR_CTRL, control | FIXED_CTR_CTRL_CYCLES);
    msr_change(&cpu->msr_saves, MSR_IA32_PERF_GLOBAL_CTRL, global | PERF_GLOBAL_CTRL_CYCLES);
}

void evidence_begin(struct evidence *evidence, const struct machine *machine, struct percpu *cpu)
{
    const struct cpu_snapshot *snapshot = machine_cpuid(machine, cpu);
    const struct power_model *model = power_model_of(snapshot);

    if (worth_trying(machine, snapshot, EVIDENCE_CORE_CYCLES))
        start_fixed_counters(cpu);
    evidence->readable = 0;
    evidence->model = model;
    evidence->tsc_hz = machine->clock.tsc_hz;
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
        uint64_t value = 0;

        evidence->msr[i] = (uint16_t)msr_of(model, i);
        /* A host that answers 0 to every register it does not know has not lent the counter. */
        if (worth_trying(machine, snapshot, i) && msr_read(evidence->msr[i], &value) &&
            (value || !is_lent(machine, snapshot, i)))
            evidence->readable |= 1u << i;
        if (evidence_has(evidence, i) && value)
            evidence->counted |= 1u << i;
    }
}

void evidence_read(const struct evidence *evidence, uint64_t values[EVIDENCE_COUNT])
{
    for (uint32_t left = evidence->readable; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);

        msr_read(evidence->msr[i], &values[i]);
    }
}

void evidence_since(const struct evidence *evidence, uint64_t values[EVIDENCE_COUNT])
{
    for (uint32_t left = evidence->readable; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);
        uint64_t now;

        if (!msr_read(evidence->msr[i], &now))
            continue;
        values[i] = now - values[i];
        if (i == EVIDENCE_APERF || i == EVIDENCE_MPERF)
            values[i] *= clocks_per_count(evidence->model);
        else if (i >= EVIDENCE_CC1)
            values[i] = residency_tsc(evidence->model, residency_of(i), values[i], evidence->tsc_hz);
    }
}

const char *evidence_name(enum evidence_counter counter)
{
    static const char *const names[EVIDENCE_CC1] = {
        [EVIDENCE_SMI] = "smi",
        [EVIDENCE_APERF] = "aperf",
        [EVIDENCE_MPERF] = "mperf",
        [EVIDENCE_CORE_CYCLES] = "core_cycles",
        [EVIDENCE_REF_CYCLES] = "ref_cycles",
    };

    return counter < EVIDENCE_CC1 ? names[counter] : residency_name(residency_of(counter));
}
