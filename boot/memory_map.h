/* SPDX-License-Identifier: MIT */
/*
 * A loader's memory map on its way to struct boot_info: collected as it comes, then sorted and cut.
 *
 * Pure; used by the readers of boot/ and by boot_info.c only.
 */
#ifndef LAB_BOOT_MEMORY_MAP_H
#define LAB_BOOT_MEMORY_MAP_H

#include <stdint.h>

#include "lib/boot_info.h"

enum {
    /* The map's entries, and room for what we reserve ourselves: page 0, image, information, modules, strings. */
    MEMORY_DRAFT_MAX = BOOT_MEMORY_MAX + 2 * BOOT_MODULES_MAX + 8,
};

struct memory_range {
    uint64_t start;
    uint64_t end; /* first byte after it */
    enum boot_memory_type type;
};

struct memory_draft {
    uint32_t count;
    uint32_t lost;       /* entries that did not fit */
    uint64_t usable_end; /* what lies above is no memory, whatever the loader says */
    struct memory_range ranges[MEMORY_DRAFT_MAX];
};

/*
 * Adds one entry of the loader's map. Bytes past 2^64 are cut off, usable ones past usable_end too; an empty entry is
 * skipped, an unknown type becomes RESERVED. At most BOOT_MEMORY_MAX of them fit; what does not fit is counted in
 * draft->lost.
 */
void memory_draft_add(struct memory_draft *draft, uint64_t start, uint64_t bytes, uint32_t type);

/* Takes a range out of what is usable, whole pages of it. The draft has room for that after the loader's entries. */
void memory_draft_reserve(struct memory_draft *draft, uint64_t start, uint64_t bytes);

/*
 * Writes info->memory, memory_count and lost_memory from the draft: sorted, without overlap (the higher type number
 * wins), equal neighbours joined, usable regions cut to whole pages and at 1 MiB. What does not fit is counted.
 */
void memory_draft_finish(const struct memory_draft *draft, struct boot_info *info);

/* Usable bytes above 1 MiB in a finished map. */
uint64_t memory_usable_bytes(const struct boot_info *info);

#endif /* LAB_BOOT_MEMORY_MAP_H */
