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
 * level smaller; tables of the pool are zero until they are taken. Tables themselves allow everything, the last entry
 * decides. NULL: the pool is spent.
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
    for (size_t i = 0; i < PAGE_TABLE_ENTRIES && (old & PTE_PRESENT) != 0; i++)
        table->entries[i] = old + i * step;
    *entry = (uint64_t)(uintptr_t)table | PTE_PRESENT | PTE_WRITE;
    return table;
}

/* The level at which the page at `address` can be set: as large as alignment, length and existing tables allow. */
static bool fits(uint64_t address, uint64_t end, unsigned level)
{
    uint64_t page_bytes = 1ull << level_shift(level);

    return address % page_bytes == 0 && end - address >= page_bytes;
}

/* How many of `count` entries come before one that leads to a table. */
static uint64_t pages_before_table(const uint64_t *entry, uint64_t count)
{
    uint64_t i = 0;

    while (i < count && !is_table(entry[i]))
        i++;
    return i;
}

/*
 * Maps one page, and those behind it that fit into the same table at the same level: an image that software interprets
 * pays for each walk from the root, and for each instruction of the last loop. Returns their size in bytes, or 0 when
 * the pool is spent.
 */
static uint64_t map_run(struct page_tables *tables, uint64_t address, uint64_t end, uint64_t flags,
                        enum page_size largest)
{
    struct page_table *table = &tables->root;
    unsigned level = ROOT_LEVEL;
    uint64_t *entry = &table->entries[index_at(address, level)], *end_entry, page_bytes, value, count, room;
    bool fresh = false;

    while (level > (unsigned)largest || !fits(address, end, level) || (level > PAGE_SIZE_4K && is_table(*entry))) {
        if (level == PAGE_SIZE_4K)
            break;
        fresh = !is_table(*entry);
        table = fresh ? split(tables, entry, level) : table_of(*entry);
        if (table == NULL)
            return 0;
        level--;
        entry = &table->entries[index_at(address, level)];
    }
    page_bytes = 1ull << level_shift(level);
    count = (end - address) >> level_shift(level);
    room = PAGE_TABLE_ENTRIES - index_at(address, level);
    count = count < room ? count : room;
    if (level > PAGE_SIZE_4K && !fresh)
        count = 1 + pages_before_table(entry + 1, count - 1);
    if (level > PAGE_SIZE_4K)
        flags |= PTE_LARGE;
    value = (flags & PTE_PRESENT) != 0 ? address | flags : 0;
    end_entry = entry + count;
    for (uint64_t step = value != 0 ? page_bytes : 0; entry < end_entry; value += step)
        *entry++ = value;
    return count * page_bytes;
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
