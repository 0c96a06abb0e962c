/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/microcode.h"

#include "arch/x86/cpu/msr.h"
#include "arch/x86/insn.h"

/* IA32_BIOS_SIGN_ID, SDM volume 4, table 2-2: the revision in bits 63:32. AMD64_PATCH_LEVEL: in bits 31:0. */
#define MSR_IA32_BIOS_SIGN_ID UINT32_C(0x0000008B)

bool microcode_read(enum cpu_vendor vendor, uint32_t *revision)
{
    uint64_t value;

    *revision = 0;

    if (vendor == CPU_VENDOR_INTEL) {
        /*
         * Write 0, run CPUID 1, read: the CPUID loads the register. Emulators that refuse the write still answer the
         * read.
         */
        msr_write(MSR_IA32_BIOS_SIGN_ID, 0);
        cpuid(1, 0);
    }
    if (!msr_read(MSR_IA32_BIOS_SIGN_ID, &value))
        return false;
    *revision = vendor == CPU_VENDOR_INTEL || vendor == CPU_VENDOR_ZHAOXIN ? (uint32_t)(value >> 32) : (uint32_t)value;
    return *revision != 0;
}
