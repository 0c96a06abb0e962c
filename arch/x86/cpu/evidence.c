// SPDX-License-Identifier: MIT
#include "arch/x86/cpu/evidence.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/power_msr_regs.h"
#include "arch/x86/hv/kvm.h"
#include "arch/x86/irq/fault.h"
#include "arch/x86/machine.h"

#define MSR_IA32_FIXED_CTR_CTRL   0x38D
#define MSR_IA32_PERF_GLOBAL_CTRL 0x38F
/* Fixed counters 1 and 2, ring 0 only, no interrupt (SDM volume 3, figure 20-2); their enables (figure 20-3). */
#define FIXED_CTR_CTRL_CYCLES     UINT64_C(0x110)
#define PERF_GLOBAL_CTRL_CYCLES   (UINT64_C(6) << 32)

enum { FIXED_COUNTERS_NEEDED = 3 };

static const uint32_t msrs[EVIDENCE_COUNT] = {
    [EVIDENCE_SMI] = MSR_SMI_COUNT,         [EVIDENCE_APERF] = MSR_IA32_APERF,
    [EVIDENCE_MPERF] = MSR_IA32_MPERF,      [EVIDENCE_CORE_CYCLES] = 0x30A, /* IA32_FIXED_CTR1 */
    [EVIDENCE_REF_CYCLES] = 0x30B,                                          /* IA32_FIXED_CTR2 */
    [EVIDENCE_CC1] = MSR_CORE_C1_RESIDENCY, [EVIDENCE_CC3] = MSR_CORE_C3_RESIDENCY,
    [EVIDENCE_CC6] = MSR_CORE_C6_RESIDENCY, [EVIDENCE_CC7] = MSR_CORE_C7_RESIDENCY,
    [EVIDENCE_PC2] = MSR_PKG_C2_RESIDENCY,  [EVIDENCE_PC3] = MSR_PKG_C3_RESIDENCY,
    [EVIDENCE_PC6] = MSR_PKG_C6_RESIDENCY,  [EVIDENCE_PC7] = MSR_PKG_C7_RESIDENCY,
};

/* A KVM that leaves MWAIT to its guest may leave the core's residencies to it as well (KVM_X86_DISABLE_EXITS_CSTATE). */
static bool is_lent(const struct machine *machine, unsigned counter)
{
    return machine->hv.kind == HYPERVISOR_KVM && cpu_has(&machine->snapshot, CPUID_MONITOR) &&
           counter >= EVIDENCE_CC1 && counter <= EVIDENCE_CC7;
}

/* APERF and MPERF are told by CPUID; the model-specific ones are Intel's, and no other guest is asked for them. */
static bool worth_trying(const struct machine *machine, unsigned counter)
{
    if (counter == EVIDENCE_APERF || counter == EVIDENCE_MPERF)
        return cpu_has(&machine->snapshot, CPUID_APERFMPERF);
    if (counter == EVIDENCE_CORE_CYCLES || counter == EVIDENCE_REF_CYCLES)
        return cpu_pmu_info(&machine->snapshot).version >= 2 &&
               cpu_pmu_info(&machine->snapshot).fixed >= FIXED_COUNTERS_NEEDED;
    return machine->snapshot.vendor == CPU_VENDOR_INTEL &&
           (machine->hv.kind == HYPERVISOR_NONE || is_lent(machine, counter));
}

static void start_fixed_counters(struct percpu *cpu)
{
    uint64_t control = 0, global = 0;

    if (rdmsr_try(MSR_IA32_FIXED_CTR_CTRL, &control).valid ||
        rdmsr_try(MSR_IA32_PERF_GLOBAL_CTRL, &global).valid)
        return;
    msr_change(&cpu->msr_saves, MSR_IA32_FIXED_CTR_CTRL, control | FIXED_CTR_CTRL_CYCLES);
    msr_change(&cpu->msr_saves, MSR_IA32_PERF_GLOBAL_CTRL, global | PERF_GLOBAL_CTRL_CYCLES);
}

void evidence_begin(struct evidence *evidence, const struct machine *machine, struct percpu *cpu)
{
    if (worth_trying(machine, EVIDENCE_CORE_CYCLES))
        start_fixed_counters(cpu);
    evidence->readable = 0;
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
        uint64_t value;

        /* A host that answers 0 to whatever it does not know has not lent the counter. */
        if (worth_trying(machine, i) && !rdmsr_try(msrs[i], &value).valid &&
            (value || !is_lent(machine, i)))
            evidence->readable |= 1u << i;
    }
}

void evidence_read(const struct evidence *evidence, const struct percpu *cpu,
                   struct evidence_reading *reading)
{
    reading->nmi_count = percpu_count(&cpu->nmi_count);
    reading->steal_ns = 0;
    if (evidence->steal)
        kvm_steal_ns(evidence->steal, &reading->steal_ns);
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
        if (evidence_has(evidence, i))
            reading->value[i] = rdmsr(msrs[i]);
    }
}

const char *evidence_name(enum evidence_counter counter)
{
    static const char *const names[EVIDENCE_COUNT] = {
        [EVIDENCE_SMI] = "smi",
        [EVIDENCE_APERF] = "aperf",
        [EVIDENCE_MPERF] = "mperf",
        [EVIDENCE_CORE_CYCLES] = "core_cycles",
        [EVIDENCE_REF_CYCLES] = "ref_cycles",
        [EVIDENCE_CC1] = "cc1",
        [EVIDENCE_CC3] = "cc3",
        [EVIDENCE_CC6] = "cc6",
        [EVIDENCE_CC7] = "cc7",
        [EVIDENCE_PC2] = "pc2",
        [EVIDENCE_PC3] = "pc3",
        [EVIDENCE_PC6] = "pc6",
        [EVIDENCE_PC7] = "pc7",
    };

    return names[counter];
}
