/* SPDX-License-Identifier: MIT */
/*
 * What the AP trampoline (boot/ap_entry.S) and smp_start.c share: the block that the boot CPU fills, at a fixed offset
 * of the page. Asm-safe.
 */
#ifndef LAB_ARCH_CPU_AP_REGS_H
#define LAB_ARCH_CPU_AP_REGS_H

#include "arch/x86/cpu/percpu_regs.h"

#define AP_BLOCK_OFFSET 0x800

/* Offsets in struct ap_block. */
#define AP_GDT_POINTER 0
#define AP_FAR32       8
#define AP_FAR64       16
#define AP_CR0         24
#define AP_CR3         28
#define AP_CR4         32
#define AP_EFER        36
#define AP_COUNT       40
#define AP_TABLE       48
#define AP_MAIN        56

/* The trampoline's own GDT: null, 32-bit code, data, 64-bit code. */
#define AP_SELECTOR_CODE32 0x08
#define AP_SELECTOR_DATA   0x10
#define AP_SELECTOR_CODE64 0x18

#endif /* LAB_ARCH_CPU_AP_REGS_H */
