/* SPDX-License-Identifier: MIT */
/*
 * Which processor has which table. Models: Linux arch/x86/include/asm/intel-family.h. A table with a condition stands
 * before the one without it.
 */
#include "lib/kernel_table.h"

#include "lib/kernel_table_data.h"
#include "lib/cstring.h"

enum { FAMILY = 6, AMD_ZEN_FAMILY = 0x17, LIMIT_C6 = 2 };

#define COUNT(states) (uint8_t)(sizeof(states) / sizeof((states)[0])), (states)

/* Name, models, those of them that trust ACPI, package limit, sockets, source, states. */
static const struct kernel_table tables[] = {
    {"nehalem", {0x1e, 0x1f, 0x1a, 0x2e, 0x25, 0x2c, 0x2f}, 0x6c, 0, 0, KERNEL_LINUX_6_2, COUNT(nehalem)},
    {"snb", {0x2a, 0x2d}, 0x02, 0, 0, KERNEL_LINUX_6_2, COUNT(snb)},
    {"ivb", {0x3a}, 0, 0, 0, KERNEL_LINUX_6_2, COUNT(ivb)},
    {"ivt_8s", {0x3e}, 0x01, 0, 5, KERNEL_LINUX_6_2, COUNT(ivt_8s)},
    {"ivt_4s", {0x3e}, 0x01, 0, 3, KERNEL_LINUX_6_2, COUNT(ivt_4s)},
    {"ivt", {0x3e}, 0x01, 0, 0, KERNEL_LINUX_6_2, COUNT(ivt)},
    {"hsw", {0x3c, 0x45, 0x46, 0x3f}, 0x08, 0, 0, KERNEL_LINUX_6_2, COUNT(hsw)},
    {"bdw", {0x3d, 0x47, 0x4f, 0x56}, 0x0c, 0, 0, KERNEL_LINUX_6_2, COUNT(bdw)},
    {"skl", {0x4e, 0x5e, 0x8e, 0x9e}, 0, 0, 0, KERNEL_LINUX_6_2, COUNT(skl)},
    {"skx_pc2", {0x55}, 0x01, LIMIT_C6, 0, KERNEL_LINUX_6_2, COUNT(skx_pc2)},
    {"skx", {0x55}, 0x01, 0, 0, KERNEL_LINUX_6_2, COUNT(skx)},
    {"icx", {0x6a, 0x6c}, 0x03, 0, 0, KERNEL_LINUX_6_2, COUNT(icx)},
    {"adl", {0x97}, 0, 0, 0, KERNEL_LINUX_6_2, COUNT(adl)},
    {"adl_l", {0x9a}, 0, 0, 0, KERNEL_LINUX_6_2, COUNT(adl_l)},
    {"gmt", {0xbe}, 0, 0, 0, KERNEL_LINUX_6_2, COUNT(gmt)},
    {"mtl_l", {0xaa}, 0, 0, 0, KERNEL_LINUX_2025, COUNT(mtl_l)},
    {"ptl", {0xcc}, 0, 0, 0, KERNEL_LINUX_LIST, COUNT(ptl)},
    {"spr_pc2", {0x8f, 0xcf}, 0x03, LIMIT_C6, 0, KERNEL_LINUX_6_2, COUNT(spr_pc2)},
    {"spr", {0x8f, 0xcf}, 0x03, 0, 0, KERNEL_LINUX_6_2, COUNT(spr)},
    {"gnr", {0xad}, 0x01, 0, 0, KERNEL_LINUX_2025, COUNT(gnr)},
    {"gnrd", {0xae}, 0x01, 0, 0, KERNEL_LINUX_2025, COUNT(gnrd)},
    {"grr", {0xb6}, 0x01, 0, 0, KERNEL_LINUX_2025, COUNT(grr)},
    {"srf", {0xaf, 0xdd}, 0x03, 0, 0, KERNEL_LINUX_2025, COUNT(srf)},
    {"snr", {0x86}, 0x01, 0, 0, KERNEL_LINUX_6_2, COUNT(snr)},
    {"dnv", {0x5f}, 0x01, 0, 0, KERNEL_LINUX_6_2, COUNT(dnv)},
    {"bxt", {0x5c, 0x7a}, 0, 0, 0, KERNEL_LINUX_6_2, COUNT(bxt)},
    {"byt", {0x37}, 0, 0, 0, KERNEL_LINUX_6_2, COUNT(byt)},
    {"cht", {0x4c}, 0, 0, 0, KERNEL_LINUX_6_2, COUNT(cht)},
    {"avn", {0x4d}, 0x01, 0, 0, KERNEL_LINUX_6_2, COUNT(avn)},
    {"tangier", {0x4a}, 0, 0, 0, KERNEL_LINUX_6_2, COUNT(tangier)},
    {"atom", {0x1c, 0x26, 0x36}, 0, 0, 0, KERNEL_LINUX_6_2, COUNT(atom)},
    {"knl", {0x57, 0x85}, 0x03, 0, 0, KERNEL_LINUX_6_2, COUNT(knl)},
};

static const struct kernel_table table_zen = {"zen", {0}, 0, 0, 0, KERNEL_FIRMWARE, COUNT(zen)};

const struct kernel_table kernel_table_generic = {"generic", {0}, 0, 0, 0, KERNEL_NOBODY, COUNT(generic)};

enum { TABLE_COUNT = sizeof(tables) / sizeof(tables[0]) };

static bool has_model(const struct kernel_table *table, uint32_t model)
{
    for (unsigned i = 0; i < KERNEL_TABLE_MODELS && table->models[i]; i++)
        if (table->models[i] == model)
            return true;
    return false;
}

static bool holds(const struct kernel_table *table, const struct kernel_place *place)
{
    if (table->limit_below && (place->pkg_limit == KERNEL_LIMIT_UNKNOWN || place->pkg_limit >= table->limit_below))
        return false;
    return !table->sockets_from || place->sockets >= table->sockets_from;
}

const struct kernel_table *kernel_table_of(const struct kernel_place *place)
{
    if (!place->intel)
        return place->family >= AMD_ZEN_FAMILY ? &table_zen : NULL;
    if (place->family != FAMILY)
        return NULL;
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (has_model(&tables[i], place->model) && holds(&tables[i], place))
            return &tables[i];
    return NULL;
}

const struct kernel_table *kernel_table_at(size_t index)
{
    if (index < TABLE_COUNT)
        return &tables[index];
    if (index == TABLE_COUNT)
        return &table_zen;
    return index == TABLE_COUNT + 1 ? &kernel_table_generic : NULL;
}

const struct kernel_table *kernel_table_find(const char *name, size_t bytes)
{
    const struct kernel_table *table;

    for (size_t i = 0; (table = kernel_table_at(i)) != NULL; i++)
        if (strlen(table->name) == bytes && memcmp(table->name, name, bytes) == 0)
            return table;
    return NULL;
}

const struct kernel_state *kernel_table_state(const struct kernel_table *table, uint32_t hint, bool port)
{
    for (unsigned i = 0; i < table->count; i++) {
        const struct kernel_state *state = &table->states[i];

        if (state->hint == hint && ((state->flags & KERNEL_PORT) != 0) == port)
            return state;
    }
    return NULL;
}

const char *kernel_state_name(const struct kernel_state *state)
{
    static const char names[][5] = {"C1",  "C1E",  "C2", "C3",  "C4",  "C6", "C6N", "C6S",
                                    "C6P", "C6SP", "C7", "C7s", "C7S", "C8", "C9",  "C10"};

    return names[state->name];
}

const char *kernel_source_name(enum kernel_source source)
{
    static const char *const names[] = {
        [KERNEL_LINUX_6_2] = "Linux 6.2, drivers/idle/intel_idle.c",
        [KERNEL_LINUX_2025] = "Linux of 2025, drivers/idle/intel_idle.c",
        [KERNEL_LINUX_LIST] = "a patch on linux-pm, March 2026",
        [KERNEL_FIRMWARE] = "what ACPI _CST usually states",
        [KERNEL_NOBODY] = "invented, of the usual magnitude",
    };

    return names[source];
}
