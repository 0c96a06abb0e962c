/* SPDX-License-Identifier: MIT */
/*
 * Page table entries of four-level paging. For C and for assembly.
 *
 * Source: Intel SDM volume 3A, 4.5 "4-Level Paging and 5-Level Paging", tables 4-15 to 4-20; memory types by PAT at its
 * reset value: PWT and PCD both set select entry 3, UC (12.12.3 "Selecting a Memory Type from the PAT").
 */
#ifndef LAB_ARCH_X86_PAGING_REGS_H
#define LAB_ARCH_X86_PAGING_REGS_H

#include "lib/const.h"

#define PAGE_SHIFT    12
#define PAGE_BYTES    U64C(0x1000)
#define PAGE_2M_BYTES U64C(0x200000)
#define PAGE_1G_BYTES U64C(0x40000000)

#define PAGE_TABLE_ENTRIES 512
#define PAGE_TABLE_BITS    9

#define PTE_PRESENT BIT64(0)
#define PTE_WRITE   BIT64(1)
#define PTE_PWT     BIT64(3)
#define PTE_PCD     BIT64(4)
#define PTE_LARGE   BIT64(7) /* in a PDE or PDPTE; in a PTE the same bit is PAT */
#define PTE_NX      BIT64(63)

/*
 * SDM volume 3A, 12.12.2 "IA32_PAT MSR" and 12.12.3: PWT alone selects entry 1, which is write-through at reset and
 * which nothing here uses. Its memory type is written as write-combining.
 */
#define MSR_IA32_PAT     U64C(0x277)
#define PAT_ENTRY1_SHIFT 8
#define PAT_ENTRY_MASK   U64C(0xff)
#define PAT_WC           U64C(0x01)

/* Address bits 51 to 12 of an entry. */
#define PTE_ADDRESS_MASK U64C(0x000ffffffffff000)

#endif /* LAB_ARCH_X86_PAGING_REGS_H */
