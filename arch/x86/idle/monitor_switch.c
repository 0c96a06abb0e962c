/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/monitor_switch.h"

#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/health_msr_regs.h"
#include "arch/x86/power/power_msr_regs.h"

enum { FAMILY_HWCR = 0x10 };

static bool is_amd(const struct cpu_snapshot *snapshot)
{
    return snapshot->vendor == CPU_VENDOR_AMD || snapshot->vendor == CPU_VENDOR_HYGON;
}

enum monitor_switch monitor_switch_read(const struct cpu_snapshot *snapshot)
{
    uint64_t value = 0;

    if (snapshot->vendor == CPU_VENDOR_INTEL && msr_read(MSR_IA32_MISC_ENABLE, &value))
        return value & MISC_ENABLE_MONITOR ? MONITOR_ON : MONITOR_OFF;
    if (is_amd(snapshot) && snapshot->family >= FAMILY_HWCR && msr_read(MSR_AMD_HWCR, &value))
        return value & AMD_HWCR_NO_MONITOR ? MONITOR_OFF : MONITOR_ON;
    return MONITOR_UNKNOWN;
}

const char *monitor_switch_name(const struct cpu_snapshot *snapshot)
{
    return is_amd(snapshot) ? "MSRC001_0015[9]" : "IA32_MISC_ENABLE[18]";
}
