/* SPDX-License-Identifier: MIT */
/* Reader of PVH start information (Xen, arch-x86/hvm/start_info.h). */
#include "boot/pvh.h"

#include "boot/loader_info.h"

/* False: the table cannot be that long, or lies outside of memory. */
static bool read_map(const struct loader_reading *reading, const struct pvh_start_info *start)
{
    struct pvh_memory_map_entry entry;
    uint64_t table_bytes = (uint64_t)start->memory_map_entries * sizeof(entry);

    if (table_bytes > LOADER_TABLE_MAX_BYTES)
        return false;
    for (uint32_t i = 0; i < start->memory_map_entries; i++) {
        if (!loader_read(reading, start->memory_map + (uint64_t)i * sizeof(entry), &entry, sizeof(entry)))
            return false;
        memory_draft_add(reading->draft, entry.start, entry.bytes, entry.type);
    }
    memory_draft_reserve(reading->draft, start->memory_map, table_bytes);
    return true;
}

/* False: the table cannot be that long. */
static bool read_modules(const struct loader_reading *reading, const struct pvh_start_info *start)
{
    struct pvh_module module;
    uint64_t table_bytes = (uint64_t)start->module_count * sizeof(module);

    if (table_bytes > LOADER_TABLE_MAX_BYTES)
        return false;
    for (uint32_t i = 0; i < start->module_count; i++) {
        if (!loader_read(reading, start->modules + (uint64_t)i * sizeof(module), &module, sizeof(module))) {
            reading->info->lost_modules += start->module_count - i;
            return true;
        }
        loader_module(reading, module.start, module.bytes, module.cmdline, BOOT_CMDLINE_BYTES);
    }
    memory_draft_reserve(reading->draft, start->modules, table_bytes);
    return true;
}

enum boot_error pvh_read(const struct loader_reading *reading)
{
    const struct boot_source *source = reading->source;
    struct pvh_start_info start = {0};

    reading->info->protocol = BOOT_PROTOCOL_PVH;
    if (!loader_read(reading, source->information, &start, PVH_START_INFO_V0_BYTES) || start.magic != PVH_START_MAGIC)
        return BOOT_ERROR_INFORMATION;
    if (start.version >= 1) {
        if (!loader_read(reading, source->information, &start, sizeof(start)))
            return BOOT_ERROR_INFORMATION;
        if (!read_map(reading, &start))
            return BOOT_ERROR_INFORMATION;
    }
    memory_draft_reserve(reading->draft, source->information, sizeof(start));
    reading->info->rsdp_address = start.rsdp;
    loader_cmdline(reading, start.cmdline, UINT64_MAX);
    if (!read_modules(reading, &start))
        return BOOT_ERROR_INFORMATION;
    return BOOT_OK;
}
