/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: boot/boot_info.c boot/loader_info.c boot/memory_map.c boot/multiboot1.c boot/multiboot2.c boot/pvh.c
/*
 * Loader information to struct boot_info. The information is written here byte by byte at the offsets of the
 * specifications, not through our own structures, into a piece of pretended memory that ends where it says.
 */
#include "boot/boot_info.h"

#include <stdlib.h>

#include "tests/unit/loader_memory.h"
#include "tests/unit/tap.h"

enum { M1_MMAP = 0x11200, M1_CMDLINE = 0x12400, M1_NAME = 0x13500, M1_MODULES = 0x14600 };

static void multiboot1_mmap(struct memory *memory, unsigned index, uint64_t start, uint64_t bytes, uint32_t type)
{
    uint64_t at = M1_MMAP + 24ull * index;

    put(memory, at, 20, 4);
    put(memory, at + 4, start, 8);
    put(memory, at + 12, bytes, 8);
    put(memory, at + 20, type, 4);
}

static void make_multiboot1(struct memory *memory)
{
    memset(memory, 0, sizeof(*memory));
    put(memory, MEMORY_START + 0, 1u << 0 | 1u << 2 | 1u << 3 | 1u << 6 | 1u << 9 | 1u << 12, 4);
    put(memory, MEMORY_START + 16, M1_CMDLINE, 4);
    put(memory, MEMORY_START + 20, 2, 4);
    put(memory, MEMORY_START + 24, M1_MODULES, 4);
    put(memory, MEMORY_START + 44, 3 * 24, 4);
    put(memory, MEMORY_START + 48, M1_MMAP, 4);
    put(memory, MEMORY_START + 64, M1_NAME, 4);
    put(memory, MEMORY_START + 88, 0xe0000000, 8);
    put(memory, MEMORY_START + 96, 4096, 4);
    put(memory, MEMORY_START + 100, 1024, 4);
    put(memory, MEMORY_START + 104, 768, 4);
    put(memory, MEMORY_START + 108, 32, 1);
    put(memory, MEMORY_START + 109, 1, 1);
    put(memory, MEMORY_START + 110, 0x080008080810, 6);
    multiboot1_mmap(memory, 0, 0, 0x9fc00, 1);
    multiboot1_mmap(memory, 1, MIB, 127 * MIB, 1);
    multiboot1_mmap(memory, 2, 0xfffc0000, 0x40000, 2);
    put_text(memory, M1_CMDLINE, "idlelab.elf script=smoke");
    put_text(memory, M1_NAME, "loader 1.0");
    put(memory, M1_MODULES + 0, 0x18000, 4);
    put(memory, M1_MODULES + 4, 0x18123, 4);
    put(memory, M1_MODULES + 8, 0x10700, 4);
    put(memory, M1_MODULES + 16, 0x1a000, 4);
    put(memory, M1_MODULES + 20, 0x1a000, 4);
    put_text(memory, 0x10700, "/boot/dir/idlelab.lab and words/here");
}

static void test_multiboot1(struct memory *memory, struct boot_info *info)
{
    make_multiboot1(memory);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_OK, "mb1: read");
    TAP_INT(info->protocol, BOOT_PROTOCOL_MULTIBOOT1, "mb1: protocol");
    TAP_STR(info->cmdline, "idlelab.elf script=smoke", "mb1: command line");
    TAP_STR(info->loader, "loader 1.0", "mb1: loader's name");
    TAP_INT(info->module_count, 1, "mb1: the empty module is left out");
    TAP_STR(info->modules[0].name, "idlelab.lab", "mb1: module's name");
    TAP_INT(info->modules[0].start, 0x18000, "mb1: module's start");
    TAP_INT(info->modules[0].bytes, 0x123, "mb1: module's length");
    TAP_INT(info->framebuffer.type, BOOT_FRAMEBUFFER_RGB, "mb1: framebuffer");
    TAP_INT(info->framebuffer.red_shift, 16, "mb1: red");
    TAP_INT(info->framebuffer.width, 1024, "mb1: width");
    put(memory, MEMORY_START + 109, 0, 1);
    fill(memory, 0x2badb002, info);
    TAP_OK(info->framebuffer.type == BOOT_FRAMEBUFFER_OTHER && info->framebuffer.width == 1024,
           "mb1: a palette is told");
    put(memory, MEMORY_START + 109, 200, 1);
    fill(memory, 0x2badb002, info);
    TAP_INT(info->framebuffer.type, BOOT_FRAMEBUFFER_OTHER, "mb1: and so is a kind that nobody has");
    TAP_OK(sorted(info), "mb1: map is sorted");
    TAP_INT(type_of(info, 0), BOOT_MEMORY_RESERVED, "page 0 is reserved");
    TAP_INT(type_of(info, 0x8000), BOOT_MEMORY_USABLE, "low memory stays usable");
    TAP_INT(type_of(info, MEMORY_START), BOOT_MEMORY_RESERVED, "the information is reserved");
    TAP_INT(type_of(info, M1_MMAP), BOOT_MEMORY_RESERVED, "and so are its map,");
    TAP_INT(type_of(info, M1_CMDLINE), BOOT_MEMORY_RESERVED, "the command line,");
    TAP_INT(type_of(info, M1_MODULES), BOOT_MEMORY_RESERVED, "and the list of modules");
    TAP_INT(info->lost_modules, 0, "none is lost");
    TAP_INT(type_of(info, 0x18fff), BOOT_MEMORY_RESERVED, "the module's page is reserved");
    TAP_INT(type_of(info, 0x19000), BOOT_MEMORY_USABLE, "the page after it is not");
    TAP_INT(type_of(info, 2 * MIB - 1), BOOT_MEMORY_RESERVED, "the image's last page is reserved");
    TAP_INT(type_of(info, 2 * MIB), BOOT_MEMORY_USABLE, "memory after the image is usable");
    TAP_INT(type_of(info, 0x9f800), 0, "a part of a page is not usable");
    TAP_INT(type_of(info, 0xffffffff), BOOT_MEMORY_RESERVED, "the firmware is reserved");
}

static void test_multiboot1_damage(struct memory *memory, struct boot_info *info)
{
    make_multiboot1(memory);
    put(memory, MEMORY_START, 1, 4);
    put(memory, MEMORY_START + 4, 639, 4);
    put(memory, MEMORY_START + 8, 64 * 1024, 4);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_OK, "mb1: mem_upper alone is enough");
    TAP_INT(type_of(info, 64 * MIB), BOOT_MEMORY_USABLE, "mb1: mem_upper counts from 1 MiB");
    TAP_INT(type_of(info, 65 * MIB), 0, "mb1: mem_upper ends there");
    put(memory, MEMORY_START + 8, 16 * 1024, 4);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_ERROR_LITTLE_MEMORY, "16 MiB less the image");
    put(memory, MEMORY_START, 0, 4);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_ERROR_NO_MEMORY_MAP, "mb1: no memory named");

    make_multiboot1(memory);
    put(memory, M1_MMAP, 0xffffffff, 4);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_ERROR_INFORMATION, "mb1: entry size too big");
    put(memory, M1_MMAP, 4, 4);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_ERROR_INFORMATION, "mb1: entry size too small");
    make_multiboot1(memory);
    put(memory, M1_MMAP + 48, 16, 4);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_ERROR_INFORMATION, "mb1: that of the last entry, too");

    make_multiboot1(memory);
    put(memory, MEMORY_START + 48, MEMORY_START + MEMORY_BYTES - 24, 4);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_ERROR_INFORMATION, "mb1: map out of memory");

    make_multiboot1(memory);
    put(memory, MEMORY_START + 20, 0xffffffff, 4);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_ERROR_INFORMATION, "mb1: too many modules");

    make_multiboot1(memory);
    put(memory, M1_MODULES + 4, 0x17000, 4);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_OK, "mb1: module that ends before it starts");
    TAP_INT(info->lost_modules, 1, "mb1: is counted as lost");
    make_multiboot1(memory);
    put(memory, M1_MODULES + 0, MEMORY_START + MEMORY_BYTES, 4);
    put(memory, M1_MODULES + 4, MEMORY_START + MEMORY_BYTES + 1, 4);
    fill(memory, 0x2badb002, info);
    TAP_OK(info->module_count == 0 && info->lost_modules == 1, "mb1: and so is one that is not in memory");
    TAP_INT(fill(memory, 0x2badb003, info), BOOT_ERROR_MAGIC, "a wrong magic is refused");
}

static void test_long_strings(struct memory *memory, struct boot_info *info)
{
    make_multiboot1(memory);
    put(memory, MEMORY_START + 16, 0x16ffc, 4);
    put_text(memory, 0x16ffc, "word");
    fill(memory, 0x2badb002, info);
    TAP_OK(type_of(info, 0x16fff) == BOOT_MEMORY_RESERVED && type_of(info, 0x17000) == BOOT_MEMORY_RESERVED,
           "the NUL of a command line is reserved with it");
    make_multiboot1(memory);
    put(memory, MEMORY_START + 16, 0x20000, 4);
    memset(&memory->bytes[0x20000 - MEMORY_START], 'a', 5000);
    TAP_INT(fill(memory, 0x2badb002, info), BOOT_OK, "a long command line");
    TAP_INT(strlen(info->cmdline), BOOT_CMDLINE_BYTES - 1, "is cut to what fits");
    TAP_OK(info->cmdline_cut, "and marked");
    put(memory, 0x20000 + BOOT_CMDLINE_BYTES - 1, 0, 1);
    fill(memory, 0x2badb002, info);
    TAP_INT(strlen(info->cmdline), BOOT_CMDLINE_BYTES - 1, "one that just fits is whole");
    TAP_OK(!info->cmdline_cut, "and not marked");
    put(memory, MEMORY_START + 16, MEMORY_START + MEMORY_BYTES - 3, 4);
    put(memory, MEMORY_START + MEMORY_BYTES - 3, 0x636261, 3);
    fill(memory, 0x2badb002, info);
    TAP_STR(info->cmdline, "abc", "one without a NUL ends with the memory");
    memset(&memory->bytes[0x10700 - MEMORY_START], 'n', 200);
    fill(memory, 0x2badb002, info);
    TAP_INT(strlen(info->modules[0].name), BOOT_NAME_BYTES - 1, "a long module name is cut");
}

/* Appends a tag's header and returns where its body starts; *end moves behind the tag. */
static uint64_t tag(struct memory *memory, uint64_t *end, uint32_t type, uint32_t bytes)
{
    uint64_t at = *end;

    put(memory, at, type, 4);
    put(memory, at + 4, bytes, 4);
    *end = (at + bytes + 7) & ~7ull;
    return at + 8;
}

static void make_multiboot2(struct memory *memory)
{
    uint64_t end = MEMORY_START + 8;
    uint64_t at;

    memset(memory, 0, sizeof(*memory));
    at = tag(memory, &end, 1, 8 + 13);
    put_text(memory, at, "script=smoke");
    at = tag(memory, &end, 2, 8 + 9);
    put_text(memory, at, "GRUB 2.x");
    at = tag(memory, &end, 3, 16 + 12);
    put(memory, at, 0x1c000, 4);
    put(memory, at + 4, 0x1c400, 4);
    put_text(memory, at + 8, "idlelab.lab");
    at = tag(memory, &end, 4, 16); /* basic memory: 1 GiB, a lie that the full map corrects */
    put(memory, at + 4, 1024 * 1024, 4);
    at = tag(memory, &end, 15, 8 + 36);
    put_text(memory, at, "RSD PTR new");
    at = tag(memory, &end, 14, 8 + 20);
    put_text(memory, at, "RSD PTR old");
    at = tag(memory, &end, 6, 16 + 3 * 32); /* entries of 32 bytes: larger than ours */
    put(memory, at, 32, 4);
    put(memory, at + 8, 0, 8);
    put(memory, at + 16, 0xa0000, 8);
    put(memory, at + 24, 1, 4);
    put(memory, at + 40, MIB, 8);
    put(memory, at + 48, 63 * MIB, 8);
    put(memory, at + 56, 1, 4);
    put(memory, at + 72, 32 * MIB, 8);
    put(memory, at + 80, MIB, 8);
    put(memory, at + 88, 99, 4); /* an unknown type, inside the usable region */
    at = tag(memory, &end, 12, 16);
    put(memory, at, 0x7f5eb018, 8);
    at = tag(memory, &end, 8, 32);
    put(memory, at, 0xb8000, 8);
    put(memory, at + 8, 160, 4);
    put(memory, at + 12, 80, 4);
    put(memory, at + 16, 25, 4);
    put(memory, at + 20, 16, 1);
    put(memory, at + 21, 2, 1);
    tag(memory, &end, 77, 8);
    tag(memory, &end, 0, 8);
    put(memory, MEMORY_START, end - MEMORY_START, 4);
}

static void test_multiboot2(struct memory *memory, struct boot_info *info)
{
    make_multiboot2(memory);
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_OK, "mb2: read");
    TAP_INT(info->protocol, BOOT_PROTOCOL_MULTIBOOT2, "mb2: protocol");
    TAP_STR(info->cmdline, "script=smoke", "mb2: command line");
    TAP_STR(info->loader, "GRUB 2.x", "mb2: loader's name");
    TAP_STR(info->modules[0].name, "idlelab.lab", "mb2: module's name");
    TAP_INT(info->modules[0].bytes, 0x400, "mb2: module's length");
    TAP_INT(info->rsdp_copy_bytes, 36, "mb2: the newer RSDP wins");
    TAP_STR((const char *)info->rsdp_copy, "RSD PTR new", "mb2: and its bytes");
    TAP_INT(info->efi_system_table, 0x7f5eb018, "mb2: EFI system table");
    TAP_OK(info->firmware_efi, "mb2: firmware is EFI");
    TAP_INT(info->framebuffer.type, BOOT_FRAMEBUFFER_TEXT, "mb2: text framebuffer");
    TAP_INT(type_of(info, 32 * MIB), BOOT_MEMORY_RESERVED, "an unknown type is reserved");
    TAP_INT(type_of(info, 33 * MIB), BOOT_MEMORY_USABLE, "mb2: usable after it");
    TAP_INT(type_of(info, 64 * MIB), 0, "mb2: basic memory does not count beside a map");
    TAP_INT(type_of(info, MEMORY_START), BOOT_MEMORY_RESERVED, "mb2: information is reserved");
}

/* Where the first tag of a type begins. */
static uint64_t find_tag(const struct memory *memory, uint32_t type)
{
    uint64_t at = 8;
    uint32_t head[2];

    for (;;) {
        memcpy(head, &memory->bytes[at], sizeof(head));
        if (head[0] == type || head[0] == 0)
            return MEMORY_START + at;
        at += (head[1] + 7) & ~UINT64_C(7);
    }
}

static void test_multiboot2_tags(struct memory *memory, struct boot_info *info)
{
    make_multiboot2(memory);
    put(memory, find_tag(memory, 77) + 4, 7, 4);
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_ERROR_INFORMATION, "mb2: a tag that is skipped has a size, too");
    make_multiboot2(memory);
    put(memory, find_tag(memory, 6) + 8, 16, 4);
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_ERROR_INFORMATION, "mb2: entries of the map that are too small");
    make_multiboot2(memory);
    put(memory, find_tag(memory, 12), 17, 4); /* EFI's memory map instead of its system table */
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_OK, "mb2: an EFI map");
    TAP_OK(info->firmware_efi && info->efi_system_table == 0, "mb2: tells that firmware is EFI");
    make_multiboot2(memory);
    put(memory, find_tag(memory, 6), 77, 4);
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_OK, "mb2: no map");
    TAP_INT(type_of(info, 64 * MIB), BOOT_MEMORY_USABLE,
            "mb2: then basic memory counts, beside a command line and a module");
}

static void test_multiboot2_damage(struct memory *memory, struct boot_info *info)
{
    make_multiboot2(memory);
    put(memory, MEMORY_START, 0xfffffff0, 4);
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_ERROR_INFORMATION, "mb2: total_size too big");
    put(memory, MEMORY_START, 4, 4);
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_ERROR_INFORMATION, "mb2: total_size too small");
    make_multiboot2(memory);
    put(memory, MEMORY_START + 12, 7, 4);
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_ERROR_INFORMATION, "mb2: tag smaller than a tag");
    put(memory, MEMORY_START + 12, 0xffffffff, 4);
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_ERROR_INFORMATION, "mb2: tag larger than all");
    make_multiboot2(memory);
    put(memory, MEMORY_START, 16, 4);
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_ERROR_INFORMATION, "mb2: cut in a tag");
    put(memory, MEMORY_START, 8 + 20, 4); /* the first tag has 21 bytes */
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_ERROR_INFORMATION, "mb2: cut before its last byte");
    put(memory, MEMORY_START, 8, 4);
    TAP_INT(fill(memory, 0x36d76289, info), BOOT_ERROR_NO_MEMORY_MAP, "mb2: no tags at all");
}

static void test_pvh(struct memory *memory, struct boot_info *info)
{
    make_pvh(memory);
    TAP_INT(fill(memory, 0x336ec578, info), BOOT_OK, "pvh: read");
    TAP_INT(info->protocol, BOOT_PROTOCOL_PVH, "pvh: protocol");
    TAP_STR(info->cmdline, "script=smoke", "pvh: command line");
    TAP_INT(info->rsdp_address, 0xf59c0, "pvh: RSDP");
    TAP_INT(info->module_count, 1, "pvh: module");
    TAP_STR(info->modules[0].name, "", "pvh: module without a name");
    TAP_INT(type_of(info, 0xbfffffff), BOOT_MEMORY_USABLE, "pvh: usable below the hole");
    TAP_INT(type_of(info, 0xc0000000), BOOT_MEMORY_RESERVED, "pvh: the hole wins");
    TAP_INT(type_of(info, 1ull << 32), BOOT_MEMORY_USABLE, "pvh: usable above 4 GiB");
    put(memory, MEMORY_START + 48, 0xffffffff, 4);
    map_calls = 0;
    TAP_INT(fill(memory, 0x336ec578, info), BOOT_ERROR_INFORMATION, "pvh: map too long");
    TAP_OK(map_calls < 100, "pvh: and not read");
    make_pvh(memory);
    memcpy(&memory->bytes[0x14000 - MEMORY_START], &memory->bytes[0x10300 - MEMORY_START], 48);
    put(memory, MEMORY_START + 40, 0x14000, 8);
    fill(memory, 0x336ec578, info);
    TAP_INT(type_of(info, 0x14000), BOOT_MEMORY_RESERVED, "pvh: the map itself is reserved");
    make_pvh(memory);
    put(memory, MEMORY_START + 4, 0, 4);
    TAP_INT(fill(memory, 0x336ec578, info), BOOT_ERROR_NO_MEMORY_MAP, "pvh: version 0 has no map");
    put(memory, MEMORY_START, 0x336ec579, 4);
    TAP_INT(fill(memory, 0x336ec578, info), BOOT_ERROR_INFORMATION, "pvh: wrong magic in memory");
}

int main(void)
{
    struct memory *memory = malloc(sizeof(*memory));
    struct boot_info *info = malloc(sizeof(*info));

    if (memory == NULL || info == NULL)
        return 1;
    test_multiboot1(memory, info);
    test_multiboot1_damage(memory, info);
    test_long_strings(memory, info);
    test_multiboot2(memory, info);
    test_multiboot2_damage(memory, info);
    test_multiboot2_tags(memory, info);
    test_pvh(memory, info);
    free(memory);
    free(info);
    return tap_done();
}
