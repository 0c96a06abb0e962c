/* SPDX-License-Identifier: MIT */
#include "boot/memory_map.h"

#include <stdbool.h>
#include <stddef.h>

#include "arch/x86/paging_regs.h"

#define LOW_MEMORY_END (1ull << 20)

/* Two ends of each range, and 1 MiB. */
enum { EDGES_MAX = 2 * MEMORY_DRAFT_MAX + 1 };

static uint64_t end_of(uint64_t start, uint64_t bytes)
{
    return bytes > UINT64_MAX - start ? UINT64_MAX : start + bytes;
}

static enum boot_memory_type known_type(uint32_t type)
{
    return type >= BOOT_MEMORY_USABLE && type <= BOOT_MEMORY_BAD ? (enum boot_memory_type)type : BOOT_MEMORY_RESERVED;
}

/* Behind the last entry and of its type: EFI's maps have hundreds of such neighbours. */
static bool joins_last(struct memory_draft *draft, uint64_t start, uint64_t bytes, uint32_t type)
{
    struct memory_range *last = draft->count ? &draft->ranges[draft->count - 1] : NULL;

    if (!last || last->end != start || last->type != known_type(type))
        return false;
    last->end = end_of(start, bytes);
    return true;
}

static uint64_t cut_at(uint64_t address, uint64_t start, uint64_t bytes)
{
    if (start >= address)
        return 0;
    return bytes > address - start ? address - start : bytes;
}

void memory_draft_add(struct memory_draft *draft, uint64_t start, uint64_t bytes, uint32_t type)
{
    if (type == BOOT_MEMORY_USABLE)
        bytes = cut_at(draft->usable_end, start, bytes);
    if (bytes == 0 || joins_last(draft, start, bytes, type))
        return;
    if (draft->count >= BOOT_MEMORY_MAX) {
        draft->lost++;
        return;
    }
    draft->ranges[draft->count++] = (struct memory_range){
        .start = start,
        .end = end_of(start, bytes),
        .type = known_type(type),
    };
}

void memory_draft_reserve(struct memory_draft *draft, uint64_t start, uint64_t bytes)
{
    uint64_t end = end_of(start, bytes);

    if (bytes == 0)
        return;
    if (draft->count >= MEMORY_DRAFT_MAX) {
        draft->lost++;
        return;
    }
    draft->ranges[draft->count++] = (struct memory_range){
        .start = start & ~(PAGE_BYTES - 1),
        .end = end > UINT64_MAX - PAGE_BYTES ? UINT64_MAX : (end + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1),
        .type = BOOT_MEMORY_RESERVED,
    };
}

/* All edges in rising order, equal ones once. Insertion sort: maps are short and come almost sorted. */
static uint32_t sorted_edges(const struct memory_draft *draft, uint64_t edges[EDGES_MAX])
{
    uint32_t count = 0;

    for (uint32_t i = 0; i <= 2 * draft->count; i++) {
        uint64_t edge = LOW_MEMORY_END;
        uint32_t at = count;

        if (i < 2 * draft->count)
            edge = i % 2 == 0 ? draft->ranges[i / 2].start : draft->ranges[i / 2].end;
        while (at > 0 && edges[at - 1] > edge)
            at--;
        if (at > 0 && edges[at - 1] == edge)
            continue;
        for (uint32_t j = count; j > at; j--)
            edges[j] = edges[j - 1];
        edges[at] = edge;
        count++;
    }
    return count;
}

/* The highest type of the ranges that hold `address`; 0 = none does. */
static uint32_t type_at(const struct memory_draft *draft, uint64_t address)
{
    uint32_t type = 0;

    for (uint32_t i = 0; i < draft->count; i++) {
        const struct memory_range *range = &draft->ranges[i];

        if (range->start <= address && address < range->end && (uint32_t)range->type > type)
            type = (uint32_t)range->type;
    }
    return type;
}

static void append(struct boot_info *info, uint64_t start, uint64_t end, uint32_t type)
{
    if (type == BOOT_MEMORY_USABLE) {
        if (start > UINT64_MAX - PAGE_BYTES)
            return;
        start = (start + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
        end &= ~(PAGE_BYTES - 1);
    }
    if (start >= end)
        return;
    if (info->memory_count >= BOOT_MEMORY_MAX) {
        info->lost_memory++;
        return;
    }
    info->memory[info->memory_count++] = (struct boot_memory){
        .start = start,
        .bytes = end - start,
        .type = (enum boot_memory_type)type,
    };
}

void memory_draft_finish(const struct memory_draft *draft, struct boot_info *info)
{
    uint64_t edges[EDGES_MAX] = {0};
    uint32_t count = sorted_edges(draft, edges);
    uint64_t start = 0;
    uint32_t type = 0;

    info->memory_count = 0;
    info->lost_memory = draft->lost;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t next = i + 1 < count ? type_at(draft, edges[i]) : 0;

        if (next == type && edges[i] != LOW_MEMORY_END)
            continue;
        if (type != 0)
            append(info, start, edges[i], type);
        start = edges[i];
        type = next;
    }
}

uint64_t memory_usable_bytes(const struct boot_info *info)
{
    uint64_t bytes = 0;

    for (uint32_t i = 0; i < info->memory_count; i++) {
        const struct boot_memory *m = &info->memory[i];

        if (m->type == BOOT_MEMORY_USABLE && m->start >= LOW_MEMORY_END)
            bytes += m->bytes;
    }
    return bytes;
}
