/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/cpuid.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/idle/errata.h"

/* OS visible workarounds: how many errata the list has, and a bit for each. AMD BKDG of family 10h. */
#define MSR_AMD_OSVW_LENGTH UINT32_C(0xC0010140)
#define MSR_AMD_OSVW_STATUS UINT32_C(0xC0010141)

bool errata_has_amd_e400(const struct cpu_snapshot *snapshot)
{
    uint64_t length = 0, status = 0;

    if (cpu_has(snapshot, CPUID_OSVW) &&
        (!msr_read(MSR_AMD_OSVW_LENGTH, &length) || !msr_read(MSR_AMD_OSVW_STATUS, &status)))
        length = 0;
    return errata_amd_e400(snapshot, length, status);
}
