/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: boot/boot_info.c boot/loader_info.c boot/memory_map.c boot/multiboot1.c boot/multiboot2.c boot/pvh.c
/*
 * libFuzzer: the input's first byte chooses the loader, the rest is the memory from 4 KiB on, with the information at
 * its start. Whatever it says: no byte outside is read, and what comes out keeps its promises.
 */
#include "boot/boot_info.h"

#include <stdlib.h>
#include <string.h>

#include "boot/layout.h"
#include "boot/multiboot1.h"
#include "boot/multiboot2.h"

#define MEMORY_START 0x1000u
#define PAGE         4096u

struct input {
    const uint8_t *bytes;
    size_t count;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const void *map(void *context, uint64_t address, uint64_t bytes)
{
    const struct input *input = context;

    if (address < MEMORY_START || address - MEMORY_START >= input->count ||
        bytes > input->count - (address - MEMORY_START))
        return NULL;
    return input->bytes + (address - MEMORY_START);
}

static void must(bool ok)
{
    if (!ok)
        abort();
}

static void check_memory(const struct boot_info *info, const struct boot_source *source)
{
    uint64_t end = 0;

    must(info->memory_count <= BOOT_MEMORY_MAX);
    for (uint32_t i = 0; i < info->memory_count; i++) {
        const struct boot_memory *m = &info->memory[i];

        must(m->bytes != 0 && m->start >= end && m->bytes <= UINT64_MAX - m->start);
        end = m->start + m->bytes;
        if (m->type != BOOT_MEMORY_USABLE)
            continue;
        must(m->start % PAGE == 0 && m->bytes % PAGE == 0 && m->start != 0);
        must(end <= source->image_start || m->start >= source->image_end);
        for (uint32_t k = 0; k < info->module_count; k++)
            must(end <= info->modules[k].start || m->start >= info->modules[k].start + info->modules[k].bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const uint32_t MAGICS[] = {MULTIBOOT1_LOADER_MAGIC, MULTIBOOT2_LOADER_MAGIC, BOOT_MAGIC_PVH};
    static struct boot_info info;
    struct input input = {.bytes = data + 1, .count = bytes - 1};
    struct boot_source source = {
        .information = MEMORY_START,
        .image_start = 0x100000,
        .image_end = 0x200000,
        .physical_address_bits = 52,
        .map = map,
        .context = &input,
    };
    enum boot_error error;

    if (bytes == 0)
        return 0;
    source.magic = MAGICS[data[0] % 3];
    error = boot_info_fill(&info, &source);
    must(memchr(info.cmdline, 0, sizeof(info.cmdline)) != NULL);
    must(memchr(info.loader, 0, sizeof(info.loader)) != NULL);
    must(info.module_count <= BOOT_MODULES_MAX);
    must((error == BOOT_OK) == (boot_error_text(error) == NULL));
    if (error == BOOT_OK)
        check_memory(&info, &source);
    return 0;
}
