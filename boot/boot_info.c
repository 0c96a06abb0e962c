/* SPDX-License-Identifier: MIT */
#include "boot/boot_info.h"

#include "arch/x86/paging_regs.h"
#include "boot/layout.h"
#include "boot/loader_info.h"
#include "boot/multiboot1.h"
#include "boot/multiboot2.h"
#include "boot/pvh.h"
#include "lib/cstring.h"

_Static_assert(BOOT_MAGIC_PVH == PVH_START_MAGIC, "entry.S passes PVH's own number");

static enum boot_error read_by_magic(const struct loader_reading *reading)
{
    switch (reading->source->magic) {
    case MULTIBOOT1_LOADER_MAGIC:
        return multiboot1_read(reading);
    case MULTIBOOT2_LOADER_MAGIC:
        return multiboot2_read(reading);
    case BOOT_MAGIC_PVH:
        return pvh_read(reading);
    default:
        return BOOT_ERROR_MAGIC;
    }
}

enum boot_error boot_info_fill(struct boot_info *info, const struct boot_source *source)
{
    struct memory_draft draft;
    struct loader_reading reading = {.source = source, .info = info, .draft = &draft};
    enum boot_error error;

    memset(info, 0, sizeof(*info));
    draft.count = 0;
    draft.lost = 0;
    draft.usable_end = UINT64_C(1) << source->physical_address_bits;
    error = read_by_magic(&reading);
    if (error != BOOT_OK)
        return error;
    memory_draft_reserve(&draft, 0, PAGE_BYTES);
    memory_draft_reserve(&draft, source->image_start, source->image_end - source->image_start);
    memory_draft_finish(&draft, info);
    if (memory_usable_bytes(info) == 0)
        return BOOT_ERROR_NO_MEMORY_MAP;
    if (memory_usable_bytes(info) < BOOT_MEMORY_MIN_BYTES)
        return BOOT_ERROR_LITTLE_MEMORY;
    return BOOT_OK;
}

const char *boot_error_text(enum boot_error error)
{
    switch (error) {
    case BOOT_OK:
        return NULL;
    case BOOT_ERROR_MAGIC:
        return "\nidlelab: wrong magic: not started by multiboot 1, multiboot 2 or PVH\n";
    case BOOT_ERROR_INFORMATION:
        return "\nidlelab: the loader's boot information is damaged or out of bounds\n";
    case BOOT_ERROR_NO_MEMORY_MAP:
        return "\nidlelab: the loader gave no memory map with usable memory above 1 MiB\n";
    case BOOT_ERROR_LITTLE_MEMORY:
        return "\nidlelab: too little memory: needs 16 MiB usable above 1 MiB\n";
    }
    return "\nidlelab: unknown boot error\n";
}
