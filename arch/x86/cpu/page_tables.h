/* SPDX-License-Identifier: MIT */
/*
 * Four-level page tables for an identity map, as data: built, changed and read, never loaded here (paging.c does that).
 *
 * Pure: the code follows the addresses in the entries as pointers, so the tables must lie where address and pointer are
 * the same, as in the image and in a host test. Only the tables' owner calls.
 */
#ifndef LAB_ARCH_X86_CPU_PAGE_TABLES_H
#define LAB_ARCH_X86_CPU_PAGE_TABLES_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86/paging_regs.h"

enum {
    /* Tables below the root: 6 for the low 4 GiB, up to 8 for the image, the rest for RAM, MMIO and guard pages. */
    PAGE_TABLES_POOL = 96,
};

struct page_table {
    alignas(4096) uint64_t entries[PAGE_TABLE_ENTRIES];
};

struct page_tables {
    struct page_table root; /* first: CR3 is the address of this structure */
    struct page_table pool[PAGE_TABLES_POOL];
    uint32_t used_count; /* of the pool, whose other tables are zero */
};

_Static_assert(offsetof(struct page_tables, root) == 0, "CR3 is the address of the structure");

/* The largest page that a mapping may use. */
enum page_size {
    PAGE_SIZE_4K = 1, /* the numbers are levels: a page table is level 1 */
    PAGE_SIZE_2M = 2,
    PAGE_SIZE_1G = 3,
};

/*
 * Maps every page that [address, address + bytes) touches to itself, with `flags` (PTE_* without PTE_LARGE; 0 = not
 * present), in place of what was there. Larger pages that it cuts are split and keep their flags elsewhere. `largest`
 * PAGE_SIZE_1G needs CPUID.80000001H:EDX[26]. Addresses below 2^47. Returns false when the pool is spent, with a part
 * mapped, or when the range is not below 2^47; bytes == 0 maps nothing and returns true.
 */
bool page_tables_map(struct page_tables *tables, uint64_t address, uint64_t bytes, uint64_t flags,
                     enum page_size largest);

/* The entry that maps `address`, with its flags, or 0 where nothing does. *size, if not NULL, becomes its page size. */
uint64_t page_tables_lookup(const struct page_tables *tables, uint64_t address, enum page_size *size);

#endif /* LAB_ARCH_X86_CPU_PAGE_TABLES_H */
