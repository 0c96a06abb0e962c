/* SPDX-License-Identifier: MIT */
/*
 * Control registers and IA32_EFER: bit numbers (_BIT) and masks. For C and for assembly.
 *
 * Source: Intel SDM volume 3A, 2.5 "Control Registers" (CR0, CR4), 2.2.1 "Extended Feature Enable Register".
 */
#ifndef LAB_ARCH_X86_CR_REGS_H
#define LAB_ARCH_X86_CR_REGS_H

#include "lib/const.h"

#define CR0_PE_BIT 0  /* protection enable */
#define CR0_MP_BIT 1  /* monitor coprocessor */
#define CR0_EM_BIT 2  /* emulation: every x87 instruction faults */
#define CR0_TS_BIT 3  /* task switched */
#define CR0_ET_BIT 4  /* extension type, reads as 1 */
#define CR0_NE_BIT 5  /* x87 errors as #MF */
#define CR0_WP_BIT 16 /* read-only pages are read-only in ring 0 too */
#define CR0_AM_BIT 18 /* alignment mask */
#define CR0_NW_BIT 29 /* not write-through */
#define CR0_CD_BIT 30 /* cache disable */
#define CR0_PG_BIT 31 /* paging */

#define CR0_PE BIT32(CR0_PE_BIT)
#define CR0_MP BIT32(CR0_MP_BIT)
#define CR0_EM BIT32(CR0_EM_BIT)
#define CR0_TS BIT32(CR0_TS_BIT)
#define CR0_ET BIT32(CR0_ET_BIT)
#define CR0_NE BIT32(CR0_NE_BIT)
#define CR0_WP BIT32(CR0_WP_BIT)
#define CR0_AM BIT32(CR0_AM_BIT)
#define CR0_NW BIT32(CR0_NW_BIT)
#define CR0_CD BIT32(CR0_CD_BIT)
#define CR0_PG BIT32(CR0_PG_BIT)

/* What every CPU of the lab runs with: paging, write protection, caches on, x87 present but not used. */
#define CR0_LAB (CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE)

#define CR4_TSD_BIT        2  /* RDTSC is privileged */
#define CR4_DE_BIT         3  /* debugging extensions */
#define CR4_PSE_BIT        4  /* 4 MiB pages outside PAE */
#define CR4_PAE_BIT        5  /* 64-bit page table entries */
#define CR4_MCE_BIT        6  /* machine-check exception */
#define CR4_PGE_BIT        7  /* global pages */
#define CR4_PCE_BIT        8  /* RDPMC for user mode */
#define CR4_OSFXSR_BIT     9  /* SSE state */
#define CR4_OSXMMEXCPT_BIT 10 /* SSE exceptions as #XM */
#define CR4_UMIP_BIT       11 /* no SGDT, SIDT, SLDT, SMSW, STR for user mode */
#define CR4_LA57_BIT       12 /* five-level paging */

#define CR4_TSD        BIT32(CR4_TSD_BIT)
#define CR4_DE         BIT32(CR4_DE_BIT)
#define CR4_PSE        BIT32(CR4_PSE_BIT)
#define CR4_PAE        BIT32(CR4_PAE_BIT)
#define CR4_MCE        BIT32(CR4_MCE_BIT)
#define CR4_PGE        BIT32(CR4_PGE_BIT)
#define CR4_PCE        BIT32(CR4_PCE_BIT)
#define CR4_OSFXSR     BIT32(CR4_OSFXSR_BIT)
#define CR4_OSXMMEXCPT BIT32(CR4_OSXMMEXCPT_BIT)
#define CR4_UMIP       BIT32(CR4_UMIP_BIT)
#define CR4_LA57       BIT32(CR4_LA57_BIT)

/* What long mode needs and nothing else; the CPU start code adds what it uses. */
#define CR4_LAB CR4_PAE

#define MSR_IA32_EFER U32C(0xc0000080)

#define EFER_SCE_BIT 0  /* SYSCALL */
#define EFER_LME_BIT 8  /* long mode enable */
#define EFER_LMA_BIT 10 /* long mode active, read-only */
#define EFER_NXE_BIT 11 /* execute-disable pages */

#define EFER_SCE BIT32(EFER_SCE_BIT)
#define EFER_LME BIT32(EFER_LME_BIT)
#define EFER_LMA BIT32(EFER_LMA_BIT)
#define EFER_NXE BIT32(EFER_NXE_BIT)

/* What is written to enter long mode. */
#define EFER_LAB (EFER_LME | EFER_NXE)

#endif /* LAB_ARCH_X86_CR_REGS_H */
