/* SPDX-License-Identifier: MIT */
/* Shared by the entry code and the C code of boot/. For C and for assembly. */
#ifndef LAB_BOOT_LAYOUT_H
#define LAB_BOOT_LAYOUT_H

#include "lib/const.h"

/*
 * The boot CPU's stack. Below it lies one page that holds nothing, __boot_stack_guard, which paging_init() makes not
 * present. x86 stacks grow down, so an overflow faults there and overwrites nothing.
 */
#define BOOT_STACK_BYTES U64C(0x10000)

/* Selectors of boot_gdt (entry.S), which lives until the per-CPU tables are loaded. */
#define BOOT_CS32 0x08
#define BOOT_DS   0x10
#define BOOT_CS64 0x18

/* EAX as pvh_start passes it on: XEN_HVM_START_MAGIC_VALUE, which PVH itself puts into memory and not into EAX. */
#define BOOT_MAGIC_PVH U32C(0x336ec578)

#endif /* LAB_BOOT_LAYOUT_H */
