/* SPDX-License-Identifier: MIT */
/*
 * Control registers and IA32_EFER: the bits that the lab sets. For C and for assembly.
 *
 * Source: Intel SDM volume 3A, 2.5 "Control Registers" (CR0, CR4), 2.2.1 "Extended Feature Enable Register".
 */
#ifndef LAB_ARCH_X86_CR_REGS_H
#define LAB_ARCH_X86_CR_REGS_H

#include "lib/const.h"

#define CR0_PE BIT32(0)  /* protection enable */
#define CR0_MP BIT32(1)  /* monitor coprocessor */
#define CR0_ET BIT32(4)  /* extension type, reads as 1 */
#define CR0_NE BIT32(5)  /* x87 errors as #MF */
#define CR0_WP BIT32(16) /* read-only pages are read-only in ring 0 too */
#define CR0_PG BIT32(31) /* paging */

/* What every CPU of the lab runs with: paging, write protection, caches on, x87 present but not used. */
#define CR0_LAB (CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE)

#define CR4_PAE BIT32(5) /* 64-bit page table entries */
#define CR4_MCE BIT32(6) /* #MC; without it a machine check is a reset */

/* What long mode needs and nothing else; the CPU start code adds what it uses. */
#define CR4_LAB CR4_PAE

#define MSR_IA32_EFER U32C(0xc0000080)

#define EFER_LME BIT32(8)  /* long mode enable */
#define EFER_NXE BIT32(11) /* execute-disable pages; reserved where CPUID hides NX */

#define CPUID_80000001_EDX_NX_BIT 20

#define MSR_IA32_MISC_ENABLE U32C(0x1a0) /* Intel; SDM volume 4, table 2-2 */

#define MISC_ENABLE_XD_OFF_BIT 34 /* hides NX */

#endif /* LAB_ARCH_X86_CR_REGS_H */
