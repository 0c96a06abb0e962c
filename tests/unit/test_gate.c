/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/kit/gate.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/idle/monitor_switch.c
/* Why a step without MONITOR is skipped: the CPUID bit that is missing, and the register by which firmware hides it. */
#include "arch/x86/cpu/msr.h"
#include "arch/x86/idle/idle.h"
#include "experiments/kit/experiment.h"
#include "experiments/kit/gate.h"
#include "tests/golden/cpuid/recorded.h"
#include "tests/unit/tap.h"

static uint64_t misc_enable;
static struct machine machine;
static struct percpu cpu;

bool msr_read(uint32_t msr, uint64_t *value)
{
    *value = misc_enable;
    return msr == 0x1a0;
}

static struct msr_saves *restored;

uint32_t msr_restore(struct msr_saves *saves)
{
    restored = saves;
    return 0;
}

static const char *missing(struct cpuid_field need)
{
    static const struct cpuid_leaf leaves[] = {
        {0x00000000, 0, {0x00000001, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {0x00000001, 0, {0x000606A6, 0x00010800, 0, 0}},
    };
    static const struct recorded_cpu recorded = {.name = "made up", .leaves = leaves, .leaf_count = 2};
    static const struct experiment_spec spec = {.name = "none"};
    static const struct plan_step plan = {.spec = &spec};
    static struct step step;

    recorded_snapshot(&machine.snapshot, &recorded);
    step = (struct step){.machine = &machine, .cpu = &cpu, .plan = &plan};
    return gate_missing(&step, need);
}

/* CPU 0 lists MONITOR, an E-core does not: what runs on that one is refused by its own CPUID. */
static void test_other_cpu(void)
{
    static const struct cpuid_leaf leaves[] = {
        {0x00000000, 0, {0x00000001, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {0x00000001, 0, {0x000906A2, 0x00010800, 0x8, 0}},
    };
    static const struct recorded_cpu recorded = {.name = "made up", .leaves = leaves, .leaf_count = 2};
    static const struct experiment_spec spec = {.name = "none"};
    static const struct plan_step plan = {.spec = &spec};
    static const struct idle_method mwait_method = {.need = CPUID_FEATURE(1, 0, ECX, 3)};
    static struct cpu_snapshot other;
    static struct percpu alike = {.index = 1}, less = {.index = 2, .snapshot = &other};
    struct step step = {.machine = &machine, .cpu = &cpu, .plan = &plan};

    recorded_snapshot(&machine.snapshot, &recorded);
    TAP_OK(!gate_refuse_on(&step, &alike, &mwait_method, 0), "a CPU like CPU 0");
    TAP_STR(gate_refuse_on(&step, &less, &mwait_method, 0), "CPU 2 lists less than CPU 0: leave it out",
            "one whose own CPUID lists less");
}

static struct msr_saves *begun;

static void begin(struct msr_saves *saves, uint64_t cap_tsc)
{
    (void)cap_tsc;
    begun = saves;
}

static bool believe(void)
{
    return !restored && begun;
}

/* What a method's trial wrote is put back, after the trial. */
static void test_believed(void)
{
    static const struct idle_method plain = {.begin = begin}, tried = {.begin = begin, .believe = believe};
    struct step step = {.machine = &machine, .cpu = &cpu};

    TAP_OK(gate_believed(&step, &plain) && !begun && !restored, "a method without a trial is believed");
    TAP_OK(gate_believed(&step, &tried), "one is tried with its registers set");
    TAP_OK(begun == &cpu.msr_saves && restored == begun, "and they are put back");
}

int main(void)
{
    test_other_cpu();
    test_believed();
    misc_enable = 0;
    TAP_STR(missing(CPUID_MONITOR), "needs CPUID.01H:ECX[3] monitor: firmware has it off (IA32_MISC_ENABLE[18])",
            "switched off");
    TAP_STR(missing(CPUID_WAITPKG), "needs CPUID.07H:ECX[5] waitpkg", "another bit is only missing");
    misc_enable = 1 << 18;
    TAP_STR(missing(CPUID_MONITOR), "needs CPUID.01H:ECX[3] monitor", "not there at all");
    misc_enable = 0;
    machine.hv.kind = HYPERVISOR_KVM;
    TAP_STR(missing(CPUID_MONITOR), "needs CPUID.01H:ECX[3] monitor", "a guest's register is not read");
    return tap_done();
}
