/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/setup.h"

#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/cr_regs.h"

#define MSR_IA32_TSC_ADJUST     UINT32_C(0x3B)
#define MISC_ENABLE_LIMIT_CPUID (UINT64_C(1) << 22)
#define MSR_AMD_DE_CFG          UINT32_C(0xC0011029)
#define DE_CFG_LFENCE_SERIALISE (UINT64_C(1) << 1)
#define VENDOR_INTEL_EBX        UINT32_C(0x756E6547)

enum { AMD_FAMILY_DE_CFG = 0x10 }; /* before it LFENCE always serialises */

enum lfence_kind lfence_setup(const struct cpu_snapshot *snapshot, bool guest)
{
    bool amd = snapshot->vendor == CPU_VENDOR_AMD || snapshot->vendor == CPU_VENDOR_HYGON;
    uint64_t value = 0;

    if (guest)
        return LFENCE_GUEST;
    if (!amd || cpu_has(snapshot, CPUID_LFENCE_SERIALISES) || snapshot->family < AMD_FAMILY_DE_CFG)
        return LFENCE_ALWAYS;
    /* A family without the register (11h) has no other LFENCE: Linux, arch/x86/kernel/cpu/amd.c. */
    if (!msr_read(MSR_AMD_DE_CFG, &value))
        return LFENCE_ALWAYS;
    if (value & DE_CFG_LFENCE_SERIALISE)
        return LFENCE_WAS_SET;
    if (!msr_write(MSR_AMD_DE_CFG, value | DE_CFG_LFENCE_SERIALISE) || !msr_read(MSR_AMD_DE_CFG, &value))
        return LFENCE_NO;
    return value & DE_CFG_LFENCE_SERIALISE ? LFENCE_SET : LFENCE_NO;
}

const char *lfence_kind_name(enum lfence_kind kind)
{
    static const char *const names[] = {
        [LFENCE_ALWAYS] = "always", [LFENCE_WAS_SET] = "was_set", [LFENCE_SET] = "set",
        [LFENCE_NO] = "no",         [LFENCE_GUEST] = "guest",
    };

    return names[kind];
}

void cpuid_unlimit(void)
{
    uint64_t value = 0;

    if (cpuid(0, 0).ebx == VENDOR_INTEL_EBX && msr_read(MSR_IA32_MISC_ENABLE, &value) &&
        (value & MISC_ENABLE_LIMIT_CPUID))
        msr_write(MSR_IA32_MISC_ENABLE, value & ~MISC_ENABLE_LIMIT_CPUID);
}

void tsc_adjust_equalise(int64_t found, int64_t wanted)
{
    if (found != wanted)
        msr_write(MSR_IA32_TSC_ADJUST, (uint64_t)wanted);
}

int64_t tsc_adjust_read(const struct cpu_snapshot *snapshot)
{
    uint64_t value = 0;

    if (cpu_has(snapshot, CPUID_TSC_ADJUST))
        msr_read(MSR_IA32_TSC_ADJUST, &value);
    return (int64_t)value;
}
