/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/cpu/page_tables.c
/* Page tables as data, read back by a walk of our own that knows only the manual (SDM volume 3A, figure 4-8). */
#include "arch/x86/cpu/page_tables.h"

#include <stdlib.h>

#include "tests/unit/tap.h"

#define GIB (1ull << 30)
#define P   1ull
#define W   2ull
#define UC  0x18ull
#define NX  (1ull << 63)

/*
 * The translation of `address`: its flags (bits 0, 1, 3 to 6 and 63, and bit 7 of a 4 KiB page, which is PAT there), or
 * 0; *to = the physical address.
 */
static uint64_t walk(const struct page_tables *tables, uint64_t address, uint64_t *to)
{
    const uint64_t *table = (const uint64_t *)tables;
    uint64_t nx = 0, write = W;

    for (int shift = 39; shift >= 12; shift -= 9) {
        uint64_t entry = table[address >> shift & 511];
        uint64_t offset = (1ull << shift) - 1;

        if ((entry & P) == 0)
            return 0;
        nx |= entry & NX;
        write &= entry;
        if (shift == 12 || (shift < 39 && (entry & 0x80) != 0)) {
            *to = (entry & 0x000ffffffffff000ull & ~offset) | (address & offset);
            return (entry & (shift == 12 ? 0xf9 : 0x79)) | write | nx;
        }
        table = (const uint64_t *)(uintptr_t)(entry & 0x000ffffffffff000ull);
    }
    return 0;
}

static bool maps(const struct page_tables *tables, uint64_t address, uint64_t flags)
{
    uint64_t to = 0;
    uint64_t got = walk(tables, address, &to);

    if (got != flags || (flags != 0 && to != address)) {
        printf("# %#llx: flags %#llx, want %#llx, to %#llx\n", (unsigned long long)address, (unsigned long long)got,
               (unsigned long long)flags, (unsigned long long)to);
        return false;
    }
    return true;
}

static void test_like_the_image(struct page_tables *t)
{
    enum page_size size = PAGE_SIZE_4K;

    TAP_OK(page_tables_map(t, 0, 4 * GIB, P | W | NX, PAGE_SIZE_2M), "4 GiB mapped");
    TAP_INT(t->used_count, 5, "by one table of 1 GiB entries and four of 2 MiB entries");
    TAP_OK(maps(t, 0, P | W | NX) && maps(t, 4 * GIB - 1, P | W | NX), "first and last byte");
    TAP_OK(maps(t, 4 * GIB, 0), "nothing above");
    TAP_OK(page_tables_map(t, 0x101000, 0x3000, P, PAGE_SIZE_4K), "code");
    TAP_OK(page_tables_map(t, 0x100000, 0x1000, P | NX, PAGE_SIZE_4K), "constants");
    TAP_OK(page_tables_map(t, 0, 0x1000, 0, PAGE_SIZE_4K), "page 0 away");
    TAP_INT(t->used_count, 6, "one split is enough for all");
    TAP_OK(maps(t, 0xfff, 0) && maps(t, 0x1000, P | W | NX), "page 0 faults, page 1 does not");
    TAP_OK(maps(t, 0x100fff, P | NX) && maps(t, 0x101000, P), "constants end, code begins");
    TAP_OK(maps(t, 0x103fff, P) && maps(t, 0x104000, P | W | NX), "code ends, data begins");
    TAP_OK(maps(t, 0x1fffff, P | W | NX) && maps(t, 0x200000, P | W | NX), "the split page's end");
    TAP_OK(page_tables_map(t, 0xfee00000, 1, P | W | NX | UC, PAGE_SIZE_2M), "one byte of MMIO");
    TAP_OK(maps(t, 0xfee00fff, P | W | NX | UC), "its whole page is uncached");
    TAP_OK(maps(t, 0xfedff000, P | W | NX) && maps(t, 0xfee01000, P | W | NX), "and no other");
    TAP_OK((page_tables_lookup(t, 0xfee00000, &size) & UC) == UC && size == PAGE_SIZE_4K, "lookup");
    TAP_OK(page_tables_map(t, 0x80101000, 0x400000, P | NX, PAGE_SIZE_2M), "4 MiB from the middle");
    TAP_OK(maps(t, 0x80100fff, P | W | NX) && maps(t, 0x80101000, P | NX) && maps(t, 0x80200000, P | NX) &&
               maps(t, 0x80500fff, P | NX) && maps(t, 0x80501000, P | W | NX),
           "begins and ends where it should");
    TAP_OK(page_tables_map(t, 0x80000000, 0x800000, P, PAGE_SIZE_2M) && maps(t, 0x7fffffff, P | W | NX) &&
               maps(t, 0x80000000, P) && maps(t, 0x80101000, P) && maps(t, 0x807fffff, P) &&
               maps(t, 0x80800000, P | W | NX),
           "four large pages, two of which have been split");
    TAP_OK(page_tables_lookup(t, 0x80401000, &size) && size == PAGE_SIZE_4K, "what is split stays split");
    TAP_OK(page_tables_map(t, 0x801ff000, 0x2000, P | NX, PAGE_SIZE_4K) && maps(t, 0x80200fff, P | NX) &&
               maps(t, 0x80400000, P),
           "over the end of a table of small pages");
    TAP_OK(page_tables_map(t, 0x40000000 - 0x200000, 0x400000, P, PAGE_SIZE_2M) && maps(t, 0x40000000, P) &&
               maps(t, 0x40200000, P | W | NX) && maps(t, 0x40000000 - 0x200000 - 1, P | W | NX),
           "over the end of a table");
    TAP_OK(page_tables_lookup(t, 0, &size) == 0, "lookup of nothing");
    TAP_OK(page_tables_lookup(t, 0x40000000, &size) != 0 && size == PAGE_SIZE_2M, "lookup of 2 MiB");
}

static void test_large(struct page_tables *t)
{
    uint32_t before = t->used_count;
    enum page_size size = PAGE_SIZE_4K;

    TAP_OK(page_tables_map(t, 4 * GIB, 300 * GIB, P | W | NX, PAGE_SIZE_1G), "300 GiB");
    TAP_INT(t->used_count, before, "cost nothing by 1 GiB pages");
    TAP_OK(maps(t, 303 * GIB + 12345, P | W | NX) && maps(t, 304 * GIB, 0), "end of 300 GiB");
    page_tables_lookup(t, 5 * GIB, &size);
    TAP_INT(size, PAGE_SIZE_1G, "by 1 GiB pages");
    TAP_OK(page_tables_map(t, 10 * GIB + 0x3000, 0x2000, P | NX, PAGE_SIZE_4K), "a hole in one");
    TAP_INT(t->used_count, before + 2, "splits it twice");
    TAP_OK(maps(t, 10 * GIB + 0x2fff, P | W | NX) && maps(t, 10 * GIB + 0x3000, P | NX) &&
               maps(t, 10 * GIB + 0x4fff, P | NX) && maps(t, 10 * GIB + 0x5000, P | W | NX) &&
               maps(t, 11 * GIB - 1, P | W | NX),
           "and leaves the rest as it was");
    TAP_OK(page_tables_map(t, 1ull << 46, 2 * GIB, P | W | NX | UC, PAGE_SIZE_2M), "a far BAR");
    TAP_OK(maps(t, (1ull << 46) + 2 * GIB - 1, P | W | NX | UC), "its last byte");
}

static void test_refused(struct page_tables *t)
{
    bool all = true;

    TAP_OK(page_tables_map(t, 12345, 0, P, PAGE_SIZE_4K), "no bytes are no work");
    TAP_OK(!page_tables_map(t, 1ull << 47, 1, P, PAGE_SIZE_4K), "not above 2^47");
    TAP_OK(!page_tables_map(t, (1ull << 47) - 1, 2, P, PAGE_SIZE_4K), "not across 2^47");
    TAP_OK(!page_tables_map(t, 4096, UINT64_MAX, P, PAGE_SIZE_4K), "not around the end");
    for (uint64_t i = 0; i < PAGE_TABLES_POOL && all; i++)
        all = page_tables_map(t, 400 * GIB + i * GIB, 1, P, PAGE_SIZE_4K);
    TAP_OK(!all, "the pool is spent at last");
    TAP_INT(t->used_count, PAGE_TABLES_POOL, "to its last table");
}

int main(void)
{
    struct page_tables *tables = aligned_alloc(4096, sizeof(*tables));

    if (tables == NULL)
        return 1;
    memset(tables, 0, sizeof(*tables));
    test_like_the_image(tables);
    test_large(tables);
    test_refused(tables);
    free(tables);
    return tap_done();
}
