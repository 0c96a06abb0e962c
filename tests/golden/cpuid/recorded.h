/* SPDX-License-Identifier: MIT */
/*
 * A recorded processor: its CPUID registers, and where its threads are known to sit from another
 * source than idlelab.
 */
#ifndef LAB_TESTS_GOLDEN_CPUID_RECORDED_H
#define LAB_TESTS_GOLDEN_CPUID_RECORDED_H

#include "arch/x86/cpu/cpuid.h"

struct recorded_place {
    uint32_t apic_id, package, core, thread;
};

struct recorded_cpu {
    const char *name;
    const struct cpuid_leaf *leaves;
    uint32_t leaf_count;
    const struct recorded_place *places;
    uint32_t place_count;
};

/*
 * Answers as the recorded processor does: zeros for what was not recorded. ctx is a struct
 * recorded_cpu.
 */
static inline struct cpuid_regs recorded_read(void *ctx, uint32_t leaf, uint32_t subleaf)
{
    const struct recorded_cpu *cpu = ctx;
    for (uint32_t i = 0; i < cpu->leaf_count; i++)
        if (cpu->leaves[i].leaf == leaf && cpu->leaves[i].subleaf == subleaf)
            return cpu->leaves[i].regs;
    return (struct cpuid_regs){0};
}

static inline void recorded_snapshot(struct cpu_snapshot *snapshot, const struct recorded_cpu *cpu)
{
    struct recorded_cpu copy = *cpu;
    cpu_snapshot_read(snapshot, (struct cpuid_source){.read = recorded_read, .ctx = &copy});
}

#endif
