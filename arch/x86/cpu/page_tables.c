/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/page_tables.h"

#define ADDRESS_END (1ull << 47)

enum { ROOT_LEVEL = 4 };

static unsigned level_shift(unsigned level)
{
    return PAGE_SHIFT + PAGE_TABLE_BITS * (level - 1);
}

static size_t index_at(uint64_t address, unsigned level)
{
    return (size_t)(address >> level_shift(level)) % PAGE_TABLE_ENTRIES;
}

static struct page_table *table_of(uint64_t entry)
{
    return (struct page_table *)(uintptr_t)(entry & PTE_ADDRESS_MASK);
}

static bool is_table(uint64_t entry)
{
    return (entry & PTE_PRESENT) != 0 && (entry & PTE_LARGE) == 0;
}

/*
 * Puts a table in place of the entry of `level` that covers `address`. What was mapped there stays mapped, by pages one
 * level smaller. Tables themselves allow everything, the last entry decides.
 * NULL: the pool is spent.
 */
static struct page_table *split(struct page_tables *tables, uint64_t *entry, unsigned level)
{
    struct page_table *table;
    uint64_t step = 1ull << level_shift(level - 1);
    uint64_t old = *entry;

    if (tables->used_count == PAGE_TABLES_POOL)
        return NULL;
    table = &tables->pool[tables->used_count++];
    if (level - 1 == PAGE_SIZE_4K)
        old &= ~PTE_LARGE;
    for (size_t i = 0; i < PAGE_TABLE_ENTRIES; i++)
        table->entries[i] = (old & PTE_PRESENT) != 0 ? old + i * step : 0;
    *entry = (uint64_t)(uintptr_t)table | PTE_PRESENT | PTE_WRITE;
    return table;
}

/* The level at which the page at `address` can be set: as large as alignment, length and existing tables allow. */
static bool fits(uint64_t address, uint64_t end, unsigned level)
{
    uint64_t page_bytes = 1ull << level_shift(level);

    return address % page_bytes == 0 && end - address >= page_bytes;
}

/*
 * Maps one page, and those behind it that fit into the same table at the same level: an image that software interprets
 * pays for each walk from the root. Returns their size in bytes, or 0 when the pool is spent.
 */
static uint64_t map_run(struct page_tables *tables, uint64_t address, uint64_t end, uint64_t flags,
                        enum page_size largest)
{
    struct page_table *table = &tables->root;
    unsigned level = ROOT_LEVEL;
    uint64_t *entry = &table->entries[index_at(address, level)], page_bytes, value, count, room, i;

    while (level > (unsigned)largest || !fits(address, end, level) || (level > PAGE_SIZE_4K && is_table(*entry))) {
        if (level == PAGE_SIZE_4K)
            break;
        table = is_table(*entry) ? table_of(*entry) : split(tables, entry, level);
        if (table == NULL)
            return 0;
        level--;
        entry = &table->entries[index_at(address, level)];
    }
    page_bytes = 1ull << level_shift(level);
    count = (end - address) >> level_shift(level);
    room = PAGE_TABLE_ENTRIES - index_at(address, level);
    count = count < room ? count : room;
    if (level > PAGE_SIZE_4K && (flags & PTE_PRESENT) != 0)
        flags |= PTE_LARGE;
    value = address | flags;
    for (i = 0; i < count && (i == 0 || level == PAGE_SIZE_4K || !is_table(entry[i])); i++) {
        entry[i] = (flags & PTE_PRESENT) != 0 ? value : 0;
        value += page_bytes;
    }
    return i * page_bytes;
}

bool page_tables_map(struct page_tables *tables, uint64_t address, uint64_t bytes, uint64_t flags,
                     enum page_size largest)
{
    uint64_t at = address & ~(PAGE_BYTES - 1);
    uint64_t end;

    if (bytes == 0)
        return true;
    if (address >= ADDRESS_END || bytes > ADDRESS_END - address)
        return false;
    end = (address + bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
    while (at < end) {
        uint64_t mapped_bytes = map_run(tables, at, end, flags, largest);

        if (mapped_bytes == 0)
            return false;
        at += mapped_bytes;
    }
    return true;
}

uint64_t page_tables_lookup(const struct page_tables *tables, uint64_t address, enum page_size *size)
{
    const struct page_table *table = &tables->root;

    if (address >= ADDRESS_END)
        return 0;
    for (unsigned level = ROOT_LEVEL; level >= PAGE_SIZE_4K; level--) {
        uint64_t entry = table->entries[index_at(address, level)];

        if ((entry & PTE_PRESENT) == 0)
            return 0;
        if (level == PAGE_SIZE_4K || !is_table(entry)) {
            if (size != NULL)
                *size = (enum page_size)level;
            return entry;
        }
        table = table_of(entry);
    }
    return 0;
}
