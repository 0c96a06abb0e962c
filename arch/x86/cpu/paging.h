/* SPDX-License-Identifier: MIT */
/*
 * The page tables of the running image: one identity map, the same for every CPU.
 *
 * There is no context argument: CR3 is the context, the tables are found through it. Called on the boot CPU only, with
 * no other CPU running idlelab code yet, or with every other CPU parked and reloading CR3 before it goes on (nothing
 * here sends an IPI). The tables themselves are built by page_tables.c.
 */
#ifndef LAB_ARCH_X86_CPU_PAGING_H
#define LAB_ARCH_X86_CPU_PAGING_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/boot_info.h"

/*
 * Builds the final tables and loads them: image text R-X, its constants R--, its data RW-, the rest of the low 4 GiB
 * and the RAM above it RW-, page 0 R--, the boot stack's guard page not present. Needs EFER.NXE and CR0.WP, which the
 * entry code has set. Returns the first address that is not mapped as RAM, at least 4 GiB: usable memory from there on
 * (a map too large or too scattered for the table pool, on a CPU without 1 GiB pages) must not be touched.
 */
uint64_t paging_init(const struct boot_info *info);

/*
 * Maps device registers uncached (UC) at their own address; any address below 2^47. Returns that address as a pointer,
 * or NULL when bytes is 0, the range wraps, is not all within the processor's physical width or lies over the image, or
 * the table pool is spent. The same range may be mapped again.
 */
void *paging_map_mmio(uint64_t address, uint64_t bytes);

/*
 * The same for memory that is only drawn into: write-combining (WC) where the processor has a PAT, else UC. The first
 * call changes the boot CPU's PAT; no other CPU may touch the range.
 */
void *paging_map_drawn(uint64_t address, uint64_t bytes);

/*
 * Maps RAM or ACPI tables that lie above 4 GiB and outside the memory map's usable regions, cached, read-only, at their
 * own address. Returns that address as a pointer, or NULL as paging_map_mmio() and for a page below 4 GiB that was
 * unmapped (page 0 sealed, a guard page). What is mapped already stays as it is.
 */
const void *paging_map_table(uint64_t address, uint64_t bytes);

/*
 * Lets the page at `address` (4 KiB aligned, below 4 GiB) be written and executed (true), or written only (false). For
 * the page below 1 MiB in which the other CPUs start. Returns false when the table pool is spent.
 */
bool paging_make_executable(uint64_t address, bool executable);

/* Makes the page at `address` (4 KiB aligned) not present: a guard page. Returns false when the table pool is spent. */
bool paging_unmap_page(uint64_t address);

/*
 * Has that data mapped by pages of 4 KiB, to the same place as before: a CPU that still has the large page goes on.
 * Any CPU, nothing else changing the tables. Returns false when the table pool is spent.
 */
bool paging_split(uint64_t address, uint64_t bytes);

/*
 * Makes page 0 not present, so that a null pointer faults. After the ACPI scan, which reads the EBDA pointer at 40Eh.
 */
void paging_seal_page0(void);

#endif /* LAB_ARCH_X86_CPU_PAGING_H */
