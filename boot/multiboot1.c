/* SPDX-License-Identifier: MIT */
/* Reader of multiboot 1 information (specification 0.6.96, 3.3). */
#include "boot/multiboot1.h"

#include "boot/loader_info.h"
#include "lib/cstring.h"

#define KIB                1024ull
#define UPPER_MEMORY_START (1ull << 20)

static uint64_t join(uint32_t low, uint32_t high)
{
    return (uint64_t)high << 32 | low;
}

/* False: an entry has a size that no entry can have, or lies outside of memory. */
static bool read_map(const struct loader_reading *reading, const struct multiboot1_info *mbi)
{
    struct multiboot1_mmap_entry entry;
    uint64_t at = mbi->mmap_addr;
    uint64_t end = at + mbi->mmap_length;

    if (mbi->mmap_length > LOADER_TABLE_MAX_BYTES)
        return false;
    memory_draft_reserve(reading->draft, at, mbi->mmap_length);
    while (end - at >= sizeof(entry)) {
        if (!loader_read(reading, at, &entry, sizeof(entry)))
            return false;
        if (entry.size < sizeof(entry) - sizeof(entry.size))
            return false;
        memory_draft_add(reading->draft, join(entry.addr_low, entry.addr_high),
                         join(entry.length_low, entry.length_high), entry.type);
        if (entry.size + sizeof(entry.size) > end - at)
            return false;
        at += entry.size + sizeof(entry.size);
    }
    return true;
}

/* False: the table cannot be that long. */
static bool read_modules(const struct loader_reading *reading, const struct multiboot1_info *mbi)
{
    struct multiboot1_module module;
    uint64_t table_bytes = (uint64_t)mbi->mods_count * sizeof(module);

    if (table_bytes > LOADER_TABLE_MAX_BYTES)
        return false;
    for (uint32_t i = 0; i < mbi->mods_count; i++) {
        uint64_t at = mbi->mods_addr + (uint64_t)i * sizeof(module);

        if (!loader_read(reading, at, &module, sizeof(module))) {
            reading->info->lost_modules += mbi->mods_count - i;
            return true;
        }
        if (module.end < module.start)
            reading->info->lost_modules++;
        else
            loader_module(reading, module.start, module.end - module.start, module.string, BOOT_CMDLINE_BYTES);
    }
    memory_draft_reserve(reading->draft, mbi->mods_addr, table_bytes);
    return true;
}

static void read_framebuffer(const struct loader_reading *reading, const struct multiboot1_info *mbi)
{
    struct loader_framebuffer framebuffer = {
        .address = mbi->framebuffer_addr,
        .pitch_bytes = mbi->framebuffer_pitch,
        .width = mbi->framebuffer_width,
        .height = mbi->framebuffer_height,
        .bits_per_pixel = mbi->framebuffer_bpp,
        .type = mbi->framebuffer_type,
    };

    memcpy(framebuffer.color_info, mbi->color_info, sizeof(framebuffer.color_info));
    loader_set_framebuffer(reading, &framebuffer);
}

enum boot_error multiboot1_read(const struct loader_reading *reading)
{
    const struct boot_source *source = reading->source;
    struct boot_info *info = reading->info;
    struct multiboot1_info mbi = {0};

    info->protocol = BOOT_PROTOCOL_MULTIBOOT1;
    if (!loader_read(reading, source->information, &mbi, MULTIBOOT1_INFO_OLD_BYTES))
        return BOOT_ERROR_INFORMATION;
    if ((mbi.flags & MULTIBOOT1_INFO_FRAMEBUFFER) != 0 && !loader_read(reading, source->information, &mbi, sizeof(mbi)))
        return BOOT_ERROR_INFORMATION;

    if ((mbi.flags & MULTIBOOT1_INFO_MMAP) != 0) {
        if (!read_map(reading, &mbi))
            return BOOT_ERROR_INFORMATION;
    } else if ((mbi.flags & MULTIBOOT1_INFO_MEMORY) != 0) {
        memory_draft_add(reading->draft, 0, mbi.mem_lower_kib * KIB, BOOT_MEMORY_USABLE);
        memory_draft_add(reading->draft, UPPER_MEMORY_START, mbi.mem_upper_kib * KIB, BOOT_MEMORY_USABLE);
    }
    memory_draft_reserve(reading->draft, source->information, sizeof(mbi));
    if ((mbi.flags & MULTIBOOT1_INFO_CMDLINE) != 0)
        loader_cmdline(reading, mbi.cmdline, UINT64_MAX);
    if ((mbi.flags & MULTIBOOT1_INFO_LOADER_NAME) != 0)
        loader_string(reading, mbi.boot_loader_name, UINT64_MAX, info->loader, sizeof(info->loader));
    if ((mbi.flags & MULTIBOOT1_INFO_MODULES) != 0 && !read_modules(reading, &mbi))
        return BOOT_ERROR_INFORMATION;
    if ((mbi.flags & MULTIBOOT1_INFO_FRAMEBUFFER) != 0)
        read_framebuffer(reading, &mbi);
    return BOOT_OK;
}
