/* SPDX-License-Identifier: MIT */
/*
 * Pretended loader memory for the tests of boot/: bytes written at the offsets of the specifications, not through our
 * own structures. Included once in a program.
 */
#ifndef LAB_TESTS_UNIT_LOADER_MEMORY_H
#define LAB_TESTS_UNIT_LOADER_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "boot/boot_info.h"

#define MEMORY_START 0x10000u
#define MEMORY_BYTES 0x20000u
#define MIB          0x100000ull

struct memory {
    uint8_t bytes[MEMORY_BYTES];
};

static unsigned map_calls; /* of map(), which has no context for it */

static inline const void *map(void *context, uint64_t address, uint64_t bytes)
{
    const struct memory *memory = context;

    map_calls++;
    if (address < MEMORY_START || address - MEMORY_START >= MEMORY_BYTES ||
        bytes > MEMORY_BYTES - (address - MEMORY_START))
        return NULL;
    return &memory->bytes[address - MEMORY_START];
}

static inline void put(struct memory *memory, uint64_t address, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        memory->bytes[address - MEMORY_START + i] = (uint8_t)(value >> (8 * i));
}

static inline void put_text(struct memory *memory, uint64_t address, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++)
        put(memory, address + i, (uint8_t)text[i], 1);
}

static inline enum boot_error fill_for(struct memory *memory, uint32_t magic, uint32_t bits, struct boot_info *info)
{
    const struct boot_source source = {
        .magic = magic,
        .information = MEMORY_START,
        .image_start = MIB,
        .image_end = 2 * MIB - 16,
        .physical_address_bits = bits,
        .map = map,
        .context = memory,
    };

    return boot_info_fill(info, &source);
}

static inline enum boot_error fill(struct memory *memory, uint32_t magic, struct boot_info *info)
{
    return fill_for(memory, magic, 52, info);
}

/* The type that the finished map gives to an address; 0 = none. */
static inline unsigned type_of(const struct boot_info *info, uint64_t address)
{
    for (uint32_t i = 0; i < info->memory_count; i++)
        if (address >= info->memory[i].start && address - info->memory[i].start < info->memory[i].bytes)
            return (unsigned)info->memory[i].type;
    return 0;
}

static inline bool sorted(const struct boot_info *info)
{
    for (uint32_t i = 1; i < info->memory_count; i++)
        if (info->memory[i].start < info->memory[i - 1].start + info->memory[i - 1].bytes)
            return false;
    return true;
}

static inline void make_pvh(struct memory *memory)
{
    memset(memory, 0, sizeof(*memory));
    put(memory, MEMORY_START + 0, 0x336ec578, 4);
    put(memory, MEMORY_START + 4, 1, 4);
    put(memory, MEMORY_START + 12, 1, 4);
    put(memory, MEMORY_START + 16, 0x10100, 8);
    put(memory, MEMORY_START + 24, 0x10200, 8);
    put(memory, MEMORY_START + 32, 0xf59c0, 8);
    put(memory, MEMORY_START + 40, 0x10300, 8);
    put(memory, MEMORY_START + 48, 2, 4);
    put(memory, 0x10100, 0x1c000, 8);
    put(memory, 0x10108, 64, 8);
    put_text(memory, 0x10200, "script=smoke");
    put(memory, 0x10300, MIB, 8);
    put(memory, 0x10308, 1ull << 33, 8);
    put(memory, 0x10310, 1, 4);
    put(memory, 0x10318, 0xc0000000, 8);
    put(memory, 0x10320, 0x40000000, 8);
    put(memory, 0x10328, 2, 4);
}

#endif
