/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/mtrr.h"

#include "arch/x86/cpu/mtrr_regs.h"
#include "lib/cstring.h"

static enum mtrr_type fixed_type(const struct mtrr_state *state, uint32_t physical)
{
    uint32_t index, range;
    if (physical < 0x80000) {
        index = 0;
        range = physical / 0x10000;
    } else if (physical < 0xC0000) {
        index = 1 + (physical - 0x80000) / 0x20000;
        range = (physical % 0x20000) / 0x4000;
    } else {
        index = 3 + (physical - 0xC0000) / 0x8000;
        range = (physical % 0x8000) / 0x1000;
    }
    return (enum mtrr_type)((state->fixed[index] >> (8 * range)) & 0xFF);
}

/*
 * Where ranges overlap: equal types stay, UC wins, WT beats WB, any other mix is undefined. SDM volume 3A, section
 * 12.11.4.1.
 */
static enum mtrr_type mix(enum mtrr_type a, enum mtrr_type b)
{
    bool through_and_back;

    if (a == b)
        return a;
    if (a == MTRR_TYPE_UC || b == MTRR_TYPE_UC)
        return MTRR_TYPE_UC;
    through_and_back = (a == MTRR_TYPE_WT && b == MTRR_TYPE_WB) || (a == MTRR_TYPE_WB && b == MTRR_TYPE_WT);
    return through_and_back ? MTRR_TYPE_WT : MTRR_TYPE_UNDEFINED;
}

enum mtrr_type mtrr_type_at(const struct mtrr_state *state, uint64_t physical)
{
    uint64_t address_bits;
    enum mtrr_type type;
    bool found;

    if (!state->present)
        return MTRR_TYPE_WB;
    if ((state->default_type & MTRR_DEF_TYPE_ENABLE) == 0)
        return MTRR_TYPE_UC;
    if (physical < 0x100000 && (state->default_type & MTRR_DEF_TYPE_FIXED_ENABLE) != 0 &&
        (state->capability & MTRRCAP_FIXED) != 0)
        return fixed_type(state, (uint32_t)physical);

    address_bits = ((UINT64_C(1) << state->physical_bits) - 1) & ~MTRR_PAGE_MASK;
    type = MTRR_TYPE_UNDEFINED;
    found = false;
    for (uint32_t i = 0; i < state->variable_count; i++) {
        uint64_t mask = state->mask[i] & address_bits;
        enum mtrr_type own;

        if ((state->mask[i] & MTRR_PHYSMASK_VALID) == 0 || (physical & mask) != (state->base[i] & mask))
            continue;
        own = (enum mtrr_type)(state->base[i] & 0xFF);
        type = found ? mix(type, own) : own;
        found = true;
    }
    return found ? type : (enum mtrr_type)(state->default_type & MTRR_DEF_TYPE_MASK);
}

bool mtrr_same(const struct mtrr_state *a, const struct mtrr_state *b)
{
    size_t bytes;

    if (a->present != b->present || a->default_type != b->default_type || a->variable_count != b->variable_count ||
        memcmp(a->fixed, b->fixed, sizeof(a->fixed)) != 0)
        return false;
    bytes = a->variable_count * sizeof(a->base[0]);
    return memcmp(a->base, b->base, bytes) == 0 && memcmp(a->mask, b->mask, bytes) == 0;
}

const char *mtrr_type_name(enum mtrr_type type)
{
    switch (type) {
    case MTRR_TYPE_UC:
        return "UC";
    case MTRR_TYPE_WC:
        return "WC";
    case MTRR_TYPE_WT:
        return "WT";
    case MTRR_TYPE_WP:
        return "WP";
    case MTRR_TYPE_WB:
        return "WB";
    case MTRR_TYPE_UNDEFINED:
        break;
    }
    return "undefined";
}
