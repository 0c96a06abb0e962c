/* SPDX-License-Identifier: MIT */
/* The half of cpuid.h that executes instructions; cpuid.c is pure. */
#include "arch/x86/cpu/cpuid.h"

#include "arch/x86/cpu/microcode.h"

static struct cpuid_regs native_read(void *ctx, uint32_t leaf, uint32_t subleaf)
{
    (void)ctx;
    return cpuid(leaf, subleaf);
}

struct cpuid_source cpuid_native(void)
{
    return (struct cpuid_source){.read = native_read};
}

void cpu_snapshot_take(struct cpu_snapshot *snapshot)
{
    cpu_snapshot_read(snapshot, cpuid_native());
    snapshot->microcode_known = microcode_read(snapshot->vendor, &snapshot->microcode);
}
