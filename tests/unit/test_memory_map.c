/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: boot/boot_info.c boot/loader_info.c boot/memory_map.c boot/multiboot1.c boot/multiboot2.c boot/pvh.c
/* The memory map that comes out of a loader's: sorted, cut, and the same as a model says. */
#include "boot/boot_info.h"
#include "boot/memory_map.h"

#include <stdlib.h>

#include "tests/unit/loader_memory.h"
#include "tests/unit/tap.h"

/* One usable region over 1 MiB, and an image that does not lie there. */
static void test_cut_at_1_mib(struct memory *memory, struct boot_info *info)
{
    const struct boot_source source = {
        .magic = 0x336ec578,
        .information = MEMORY_START,
        .image_start = 16 * MIB,
        .image_end = 17 * MIB,
        .physical_address_bits = 52,
        .map = map,
        .context = memory,
    };
    bool crosses = false;

    make_pvh(memory);
    put(memory, 0x10300, 0, 8);
    TAP_INT(boot_info_fill(info, &source), BOOT_OK, "memory in one piece from 0 on");
    for (uint32_t i = 0; i < info->memory_count; i++) {
        const struct boot_memory *m = &info->memory[i];

        crosses |= m->type == BOOT_MEMORY_USABLE && m->start < MIB && m->start + m->bytes > MIB;
    }
    TAP_OK(!crosses, "is cut at 1 MiB");
    TAP_INT(type_of(info, MIB - 1), BOOT_MEMORY_USABLE, "usable before it");
    TAP_INT(type_of(info, MIB), BOOT_MEMORY_USABLE, "usable after it");
    TAP_INT(type_of(info, 16 * MIB), BOOT_MEMORY_RESERVED, "the image is reserved where it lies");
}

/* A map of more entries than fit: the first ones count, the rest is told. */
static void test_many_entries(struct memory *memory, struct boot_info *info)
{
    make_pvh(memory);
    put(memory, MEMORY_START + 40, 0x20000, 8);
    put(memory, MEMORY_START + 48, 300, 4);
    for (uint64_t i = 0; i < 300; i++) {
        put(memory, 0x20000 + 24 * i, (16 + 2 * i) * MIB, 8);
        put(memory, 0x20000 + 24 * i + 8, MIB, 8);
        put(memory, 0x20000 + 24 * i + 16, 1, 4);
    }
    TAP_INT(fill(memory, 0x336ec578, info), BOOT_OK, "300 entries: read");
    TAP_OK(info->memory_count <= BOOT_MEMORY_MAX, "300 entries: the map holds its maximum");
    TAP_OK(info->lost_memory >= 300 - BOOT_MEMORY_MAX, "300 entries: the rest is counted");
}

/* EFI's maps come in many neighbours of one type: they are one entry, and nothing behind them is lost. */
static void test_neighbours(struct memory *memory, struct boot_info *info)
{
    make_pvh(memory);
    put(memory, MEMORY_START + 40, 0x20000, 8);
    put(memory, MEMORY_START + 48, 301, 4);
    for (uint64_t i = 0; i < 301; i++) {
        put(memory, 0x20000 + 24 * i, (16 + i + (i == 300)) * MIB, 8);
        put(memory, 0x20000 + 24 * i + 8, MIB, 8);
        put(memory, 0x20000 + 24 * i + 16, i == 300 ? 3 : 1, 4);
    }
    TAP_INT(fill(memory, 0x336ec578, info), BOOT_OK, "301 neighbours: read");
    TAP_INT(info->lost_memory, 0, "301 neighbours: none is lost");
    TAP_INT(type_of(info, 315 * MIB), BOOT_MEMORY_USABLE, "301 neighbours: the last of 300 is there");
    TAP_INT(type_of(info, 317 * MIB), BOOT_MEMORY_ACPI_RECLAIM, "301 neighbours: and what stands behind them");
}

/* A usable range above what the processor addresses is no memory. */
static void test_beyond_width(struct memory *memory, struct boot_info *info, uint32_t bits)
{
    const uint64_t width_end = UINT64_C(1) << bits;

    make_pvh(memory);
    put(memory, MEMORY_START + 40, 0x20000, 8);
    put(memory, MEMORY_START + 48, 3, 4);
    for (uint64_t i = 0; i < 3; i++) {
        const uint64_t starts[] = {16 * MIB, width_end - MIB, width_end};

        put(memory, 0x20000 + 24 * i, starts[i], 8);
        put(memory, 0x20000 + 24 * i + 8, 64 * MIB, 8);
        put(memory, 0x20000 + 24 * i + 16, 1, 4);
    }
    TAP_INT(fill_for(memory, 0x336ec578, bits, info), BOOT_OK, "beyond the width: read");
    TAP_INT(memory_usable_bytes(info), 65 * MIB, "beyond the width: not counted");
}

/* A region in the last page of the address space: rounding its start up must not wrap round to 0. */
static void test_last_page(struct memory *memory, struct boot_info *info)
{
    make_pvh(memory);
    put(memory, MEMORY_START + 40, 0x20000, 8);
    put(memory, MEMORY_START + 48, 2, 4);
    put(memory, 0x20000, 16 * MIB, 8);
    put(memory, 0x20000 + 8, 64 * MIB, 8);
    put(memory, 0x20000 + 16, 1, 4);
    put(memory, 0x20000 + 24, UINT64_MAX - 100, 8);
    put(memory, 0x20000 + 32, 100, 8);
    put(memory, 0x20000 + 40, 1, 4);
    TAP_INT(fill(memory, 0x336ec578, info), BOOT_OK, "a region in the last page: read");
    for (uint32_t i = 0; i < info->memory_count; i++)
        TAP_OK(info->memory[i].type != BOOT_MEMORY_USABLE || info->memory[i].start >= 16 * MIB,
               "a region in the last page: nothing usable below the others");
}

/*
 * Random maps against a model that keeps one type for each quarter of a page. Every address must come out with the
 * highest type of what covers it, but for usable pages that are not whole.
 */
enum { MODEL_PAGES = 64, QUARTERS = 4 * MODEL_PAGES, QUARTER_BYTES = 1024, ROUNDS = 500 };

static bool model_round(struct memory *memory, struct boot_info *info, unsigned round)
{
    uint64_t base = 16 * MIB;
    uint8_t model[QUARTERS] = {0};
    unsigned entries = 1 + (unsigned)rand() % 12;

    make_pvh(memory);
    put(memory, MEMORY_START + 48, entries + 1, 4);
    put(memory, 0x10300, 1ull << 32, 8);
    put(memory, 0x10308, 1ull << 30, 8);
    for (unsigned i = 1; i <= entries; i++) {
        unsigned start = (unsigned)rand() % QUARTERS;
        unsigned count = (unsigned)rand() % (QUARTERS - start + 1);
        unsigned type = 1 + (unsigned)rand() % 5;

        put(memory, 0x10300 + 24 * i, base + start * QUARTER_BYTES, 8);
        put(memory, 0x10300 + 24 * i + 8, count * QUARTER_BYTES, 8);
        put(memory, 0x10300 + 24 * i + 16, type, 4);
        for (unsigned q = start; q < start + count; q++)
            model[q] = model[q] > type ? model[q] : (uint8_t)type;
    }
    if (fill(memory, 0x336ec578, info) != BOOT_OK || !sorted(info))
        return false;
    for (unsigned q = 0; q < QUARTERS; q++) {
        const uint8_t *page = &model[q & ~3u];
        bool whole = page[0] == 1 && page[1] == 1 && page[2] == 1 && page[3] == 1;
        unsigned want = model[q] == 1 && !whole ? 0 : model[q];

        if (type_of(info, base + q * QUARTER_BYTES) != want) {
            printf("# round %u quarter %u want %u\n", round, q, want);
            return false;
        }
    }
    return true;
}

static void test_model(struct memory *memory, struct boot_info *info)
{
    bool ok = true;

    srand(1);
    for (unsigned round = 0; round < ROUNDS && ok; round++)
        ok = model_round(memory, info, round);
    TAP_OK(ok, "random maps agree with the model");
}

/* What is reserved takes whole pages; nothing goes round past the last address. */
static void test_draft(void)
{
    static struct memory_draft draft;

    memory_draft_reserve(&draft, 0x1234, 0x10);
    TAP_OK(draft.ranges[0].start == 0x1000 && draft.ranges[0].end == 0x2000, "a reserved byte takes its page");
    memory_draft_add(&draft, UINT64_MAX - 0xfff, 0x2000, BOOT_MEMORY_RESERVED);
    TAP_OK(draft.count == 2 && draft.ranges[1].end == UINT64_MAX, "an entry beyond the last address ends there");
}

/* Ranges that are split by what is reserved may be more than fit: they are counted. Below 1 MiB none is usable. */
static void test_finish(struct boot_info *info)
{
    static struct memory_draft draft = {.usable_end = UINT64_MAX};

    for (uint64_t i = 0; i < BOOT_MEMORY_MAX; i++)
        memory_draft_add(&draft, (16 + 8 * i) * MIB, 4 * MIB, BOOT_MEMORY_USABLE);
    for (uint64_t i = 0; i < 3; i++)
        memory_draft_reserve(&draft, (17 + 8 * i) * MIB, MIB);
    memory_draft_finish(&draft, info);
    TAP_OK(info->memory_count == BOOT_MEMORY_MAX && info->lost_memory == 6, "six ranges too many are counted");
    draft = (struct memory_draft){.usable_end = UINT64_MAX};
    memory_draft_add(&draft, 0, 512 * 1024, BOOT_MEMORY_USABLE);
    memory_draft_add(&draft, 16 * MIB, 4 * MIB, BOOT_MEMORY_USABLE);
    memory_draft_finish(&draft, info);
    TAP_INT(memory_usable_bytes(info), 4 * MIB, "what lies below 1 MiB is not counted");
}

int main(void)
{
    struct memory *memory = malloc(sizeof(*memory));
    struct boot_info *info = malloc(sizeof(*info));

    if (memory == NULL || info == NULL)
        return 1;
    test_cut_at_1_mib(memory, info);
    test_neighbours(memory, info);
    test_beyond_width(memory, info, 52);
    test_beyond_width(memory, info, 39);
    test_last_page(memory, info);
    test_many_entries(memory, info);
    test_model(memory, info);
    test_draft();
    test_finish(info);
    free(memory);
    free(info);
    return tap_done();
}
