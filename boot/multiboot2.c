/* SPDX-License-Identifier: MIT */
/* Reader of multiboot 2 information (specification 2.0, 3.6). */
#include "boot/multiboot2.h"

#include "boot/loader_info.h"
#include "lib/cstring.h"

#define KIB                1024ull
#define UPPER_MEMORY_START (1ull << 20)

enum { RSDP_V1_BYTES = 20 };

/* One tag: its place and its header, whose size is known to lie inside the information. */
struct tag_at {
    uint64_t address;
    struct multiboot2_tag tag;
};

/* Reads the fixed part of a tag; false where the tag is too short for it. */
static bool read_tag(const struct loader_reading *reading, const struct tag_at *at, void *to, size_t bytes)
{
    return at->tag.size >= bytes && loader_read(reading, at->address, to, bytes);
}

static bool read_map(const struct loader_reading *reading, const struct tag_at *at)
{
    struct multiboot2_mmap map;
    struct multiboot2_mmap_entry entry;
    uint64_t offset = sizeof(map);

    if (!read_tag(reading, at, &map, sizeof(map)) || map.entry_size < sizeof(entry))
        return false;
    for (; at->tag.size - offset >= sizeof(entry); offset += map.entry_size) {
        if (!loader_read(reading, at->address + offset, &entry, sizeof(entry)))
            return false;
        memory_draft_add(reading->draft, entry.start, entry.bytes, entry.type);
        if (at->tag.size - offset < map.entry_size)
            return false;
    }
    return true;
}

/* What the loader gives, the command line among it, is reserved before: a count of ranges says nothing. */
static bool has_usable(const struct memory_draft *draft)
{
    for (uint32_t i = 0; i < draft->count; i++)
        if (draft->ranges[i].type == BOOT_MEMORY_USABLE)
            return true;
    return false;
}

/* Used only where there is no full map. */
static bool read_basic_memory(const struct loader_reading *reading, const struct tag_at *at)
{
    struct multiboot2_basic_memory basic;

    if (!read_tag(reading, at, &basic, sizeof(basic)))
        return false;
    memory_draft_add(reading->draft, 0, basic.lower_kib * KIB, BOOT_MEMORY_USABLE);
    memory_draft_add(reading->draft, UPPER_MEMORY_START, basic.upper_kib * KIB, BOOT_MEMORY_USABLE);
    return true;
}

static bool read_module(const struct loader_reading *reading, const struct tag_at *at)
{
    struct multiboot2_module module;

    if (!read_tag(reading, at, &module, sizeof(module)) || module.end < module.start)
        return false;
    loader_module(reading, module.start, module.end - module.start, at->address + sizeof(module),
                  at->tag.size - sizeof(module));
    return true;
}

static bool read_framebuffer(const struct loader_reading *reading, const struct tag_at *at)
{
    struct multiboot2_framebuffer tag = {0};
    struct loader_framebuffer framebuffer;

    if (!read_tag(reading, at, &tag, MULTIBOOT2_FRAMEBUFFER_MIN_BYTES))
        return false;
    if (tag.type == MULTIBOOT2_FRAMEBUFFER_RGB && !read_tag(reading, at, &tag, MULTIBOOT2_FRAMEBUFFER_RGB_BYTES))
        return false;
    framebuffer = (struct loader_framebuffer){
        .address = tag.address,
        .pitch_bytes = tag.pitch,
        .width = tag.width,
        .height = tag.height,
        .bits_per_pixel = tag.bits_per_pixel,
        .type = tag.type,
    };
    memcpy(framebuffer.color_info, tag.color_info, sizeof(framebuffer.color_info));
    loader_set_framebuffer(reading, &framebuffer);
    return true;
}

/* ACPI 2.0 and later replaces ACPI 1.0, whichever comes first. */
static bool read_rsdp(const struct loader_reading *reading, const struct tag_at *at, uint32_t bytes)
{
    struct boot_info *info = reading->info;

    if (at->tag.size < sizeof(at->tag) + bytes)
        return false;
    if (bytes <= info->rsdp_copy_bytes)
        return true;
    info->rsdp_copy_bytes = bytes;
    return loader_read(reading, at->address + sizeof(at->tag), info->rsdp_copy, bytes);
}

static bool read_efi64(const struct loader_reading *reading, const struct tag_at *at)
{
    struct multiboot2_efi64 efi;

    if (!read_tag(reading, at, &efi, sizeof(efi)))
        return false;
    reading->info->efi_system_table = efi.system_table;
    reading->info->firmware_efi = true;
    return true;
}

/* False: the tag contradicts itself. Tags of other types are skipped. */
static bool read_one(const struct loader_reading *reading, const struct tag_at *at)
{
    struct boot_info *info = reading->info;
    uint64_t text = at->address + sizeof(at->tag);
    uint64_t text_bytes = at->tag.size - sizeof(at->tag);

    switch (at->tag.type) {
    case MULTIBOOT2_TAG_CMDLINE:
        loader_cmdline(reading, text, text_bytes);
        return true;
    case MULTIBOOT2_TAG_LOADER_NAME:
        loader_string(reading, text, text_bytes, info->loader, sizeof(info->loader));
        return true;
    case MULTIBOOT2_TAG_MODULE:
        return read_module(reading, at);
    case MULTIBOOT2_TAG_MMAP:
        return read_map(reading, at);
    case MULTIBOOT2_TAG_FRAMEBUFFER:
        return read_framebuffer(reading, at);
    case MULTIBOOT2_TAG_EFI64:
        return read_efi64(reading, at);
    case MULTIBOOT2_TAG_EFI32:
    case MULTIBOOT2_TAG_EFI_MMAP:
        info->firmware_efi = true;
        return true;
    case MULTIBOOT2_TAG_ACPI_OLD:
        return read_rsdp(reading, at, RSDP_V1_BYTES);
    case MULTIBOOT2_TAG_ACPI_NEW:
        return read_rsdp(reading, at, BOOT_RSDP_BYTES);
    default:
        return true;
    }
}

/*
 * Finds the next tag from *offset on: 1 = found and *offset moved behind it, 0 = the end, -1 = an impossible size. An
 * information without an end tag ends where total_size says.
 */
static int next_tag(const struct loader_reading *reading, uint32_t total_bytes, uint64_t *offset, struct tag_at *at)
{
    uint64_t left = total_bytes - *offset;

    at->address = reading->source->information + *offset;
    if (left < sizeof(at->tag))
        return 0;
    if (!loader_read(reading, at->address, &at->tag, sizeof(at->tag)))
        return -1;
    if (at->tag.type == MULTIBOOT2_TAG_END)
        return 0;
    if (at->tag.size < sizeof(at->tag) || at->tag.size > left)
        return -1;
    *offset += ((uint64_t)at->tag.size + MULTIBOOT2_ALIGN - 1) & ~(uint64_t)(MULTIBOOT2_ALIGN - 1);
    if (*offset > total_bytes)
        *offset = total_bytes;
    return 1;
}

enum boot_error multiboot2_read(const struct loader_reading *reading)
{
    const struct boot_source *source = reading->source;
    struct multiboot2_info mbi;
    struct tag_at at;
    struct tag_at basic_memory = {0};
    uint64_t offset = sizeof(mbi);
    int found;

    reading->info->protocol = BOOT_PROTOCOL_MULTIBOOT2;
    if (!loader_read(reading, source->information, &mbi, sizeof(mbi)) || mbi.total_size < sizeof(mbi) ||
        source->map(source->context, source->information, mbi.total_size) == NULL)
        return BOOT_ERROR_INFORMATION;
    while ((found = next_tag(reading, mbi.total_size, &offset, &at)) > 0)
        if (at.tag.type == MULTIBOOT2_TAG_BASIC_MEMORY)
            basic_memory = at;
        else if (!read_one(reading, &at))
            return BOOT_ERROR_INFORMATION;
    if (found < 0)
        return BOOT_ERROR_INFORMATION;
    if (!has_usable(reading->draft) && basic_memory.address != 0 && !read_basic_memory(reading, &basic_memory))
        return BOOT_ERROR_INFORMATION;
    memory_draft_reserve(reading->draft, source->information, mbi.total_size);
    return BOOT_OK;
}
