/* SPDX-License-Identifier: MIT */
/*
 * Memory for the run, from the memory map; only all memory above a mark can be freed, at once.
 *
 * Boot CPU only, before and between steps.
 */
#ifndef LAB_ARCH_CPU_MEM_H
#define LAB_ARCH_CPU_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/boot_info.h"

struct mem {
    uint64_t next;
    uint64_t end;
};

/*
 * Takes the largest usable region below 4 GiB, so that every pointer is below it too. Returns its bytes; 0: there is
 * none.
 */
uint64_t mem_init(struct mem *mem, const struct boot_info *info);

/* Zeroed memory; align is a power of two. NULL: not enough left. */
void *mem_alloc(struct mem *mem, uint64_t bytes, uint64_t align);

/*
 * The same with whatever was in it, for who writes before it reads. In a guest a page that nobody touches costs
 * nothing, and the first write to one costs an exit.
 */
void *mem_take(struct mem *mem, uint64_t bytes, uint64_t align);

/*
 * As mem_take(), at that address or behind it; what lies before it is given up. NULL: it does not fit.
 */
void *mem_take_at(struct mem *mem, uint64_t address, uint64_t bytes, uint64_t align);

/* As mem_take(), at the upper end. */
void *mem_take_end(struct mem *mem, uint64_t bytes, uint64_t align);

/* True where a byte of it, in whole pages, is usable memory or holds the firmware's tables. */
bool mem_is_ram(const struct boot_info *info, uint64_t address, uint64_t bytes);

/* Bytes that one allocation could still get. */
uint64_t mem_left(const struct mem *mem);

/* A mark; mem_release() frees everything allocated since. */
uint64_t mem_mark(const struct mem *mem);
void mem_release(struct mem *mem, uint64_t mark);

#endif /* LAB_ARCH_CPU_MEM_H */
