/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
/* What CPUID's leaves say of counters, clocks and core types, where a leaf says too little. */
#include "arch/x86/cpu/features.h"
#include "tests/golden/cpuid/recorded.h"
#include "tests/unit/tap.h"

static struct cpu_snapshot snapshot;

/* An Intel processor with leaves up to 1Ah, of which these three say something. */
static void record(struct cpuid_regs leaf7, struct cpuid_regs pmu, struct cpuid_regs core)
{
    const struct cpuid_leaf leaves[] = {
        {0x00000000, 0, {0x0000001A, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {0x00000001, 0, {0x000906A2, 0x00010800, 0x00000008, 0x00000000}},
        {0x00000007, 0, leaf7},
        {0x0000000A, 0, pmu},
        {0x0000001A, 0, core},
    };
    const struct recorded_cpu cpu = {
        .name = "made up", .leaves = leaves, .leaf_count = sizeof(leaves) / sizeof(leaves[0])};

    recorded_snapshot(&snapshot, &cpu);
}

static const char *core_type(bool hybrid, uint32_t type)
{
    record((struct cpuid_regs){.edx = hybrid ? 1 << 15 : 0}, (struct cpuid_regs){0},
           (struct cpuid_regs){.eax = type << 24});
    return cpu_core_type(&snapshot);
}

static struct cpu_pmu pmu(uint32_t version, uint32_t events, uint32_t missing)
{
    record((struct cpuid_regs){0},
           (struct cpuid_regs){.eax = version | 4 << 8 | 48 << 16 | events << 24, .ebx = missing, .edx = 3},
           (struct cpuid_regs){0});
    return cpu_pmu_info(&snapshot);
}

int main(void)
{
    TAP_STR(core_type(true, 0x40), "P", "a P-core");
    TAP_STR(core_type(true, 0x20), "E", "an E-core");
    TAP_OK(!core_type(true, 0x30), "a type that is not known");
    TAP_OK(!core_type(false, 0x40), "no hybrid");
    TAP_OK(pmu(2, 7, 0).reference_cycles && pmu(2, 3, 0).reference_cycles, "reference cycles");
    TAP_OK(!pmu(2, 2, 0).reference_cycles && pmu(2, 2, 0).instructions, "a list of events that ends before them");
    TAP_OK(!pmu(2, 7, 4).reference_cycles, "and one that has them as missing");
    TAP_OK(pmu(1, 7, 0).fixed == 0 && pmu(2, 7, 0).fixed == 3, "fixed counters from version 2 on");
    return tap_done();
}
