/* SPDX-License-Identifier: MIT */
#include "run/tool/model/raw_values.h"

#include <stdlib.h>
#include <string.h>

#include "lib/stats.h"

/* A value's upper half chooses a bin, then its lower half a place in it. */
#define BINS      65536U
#define LOW_BITS  16
#define NO_SLOT   0xff
#define FIRST_MAX 1024

/* Makes room for one more. False without memory. */
static bool grow(void **items, size_t count, size_t *room, size_t item_bytes)
{
    size_t more;
    void *grown;

    if (count < *room)
        return true;
    more = *room ? *room * 2 : FIRST_MAX;
    grown = realloc(*items, more * item_bytes);
    if (!grown)
        return false;
    *items = grown;
    *room = more;
    return true;
}

/* Keeps a value that is not small. */
static bool keep(struct raw_values *values, int64_t value)
{
    if (values->near_count + values->far_count >= RAW_VALUES_MAX)
        return false;
    if (value >= INT32_MIN && value <= INT32_MAX) {
        if (!grow((void **)&values->near, values->near_count, &values->near_room, sizeof(int32_t)))
            return false;
        values->near[values->near_count++] = (int32_t)value;
        return true;
    }
    if (!grow((void **)&values->far, values->far_count, &values->far_room, sizeof(int64_t)))
        return false;
    values->far[values->far_count++] = value;
    return true;
}

void raw_values_add(struct raw_values *values, int64_t value)
{
    bool is_small = value >= 0 && value < RAW_SMALL_COUNT;
    if (is_small && !values->small)
        values->small = calloc(RAW_SMALL_COUNT, sizeof(*values->small));
    if (is_small && values->small) {
        values->small[value]++;
        values->small_count++;
    } else if (!keep(values, value)) {
        values->overflowed = true;
    }
}

size_t raw_values_count(const struct raw_values *values)
{
    return values->small_count + values->near_count + values->far_count;
}

/* The value's place among all 32-bit values. */
static uint32_t key_of(int32_t value)
{
    return (uint32_t)value ^ 0x80000000U;
}

struct wanted {
    uint64_t rank;   /* from 1, among its kind; later within its bin */
    uint32_t bin;    /* upper half of its key */
    uint8_t slot;    /* of the counters of its bin */
    int64_t *result; /* where the value goes */
};

/* Ascending ranks among the small values. */
static void select_small(const struct raw_values *values, const struct wanted *wanted, size_t count)
{
    uint64_t below = 0;
    uint32_t value = 0;
    for (size_t w = 0; w < count; w++) {
        while (below + values->small[value] < wanted[w].rank)
            below += values->small[value++];
        *wanted[w].result = value;
    }
}

/* Finds the bin of each wanted rank and gives every such bin a slot. Returns the number of slots. */
static size_t find_bins(const struct raw_values *values, struct wanted *wanted, size_t count, uint32_t *bins,
                        uint8_t *slots)
{
    size_t slot_count = 0;
    memset(bins, 0, BINS * sizeof(*bins));
    memset(slots, NO_SLOT, BINS);
    for (size_t i = 0; i < values->near_count; i++)
        bins[key_of(values->near[i]) >> LOW_BITS]++;
    for (size_t w = 0; w < count; w++) {
        uint32_t bin = 0;
        while (wanted[w].rank > bins[bin])
            wanted[w].rank -= bins[bin++];
        if (slots[bin] == NO_SLOT)
            slots[bin] = (uint8_t)slot_count++;
        wanted[w].bin = bin;
        wanted[w].slot = slots[bin];
    }
    return slot_count;
}

/* Ranks among the near values: one pass finds their bins, a second their places in them. */
static bool select_near(const struct raw_values *values, struct wanted *wanted, size_t count)
{
    uint32_t *bins = malloc((RAW_RANKS_MAX + 1) * BINS * sizeof(*bins));
    uint8_t *slots = malloc(BINS);
    bool good = bins && slots;
    if (good) {
        size_t slot_count = find_bins(values, wanted, count, bins, slots);
        uint32_t *places = bins + BINS; /* BINS counters a slot */
        memset(places, 0, slot_count * BINS * sizeof(*places));
        for (size_t i = 0; i < values->near_count; i++) {
            uint32_t key = key_of(values->near[i]);
            if (slots[key >> LOW_BITS] != NO_SLOT)
                places[slots[key >> LOW_BITS] * BINS + key % BINS]++;
        }
        for (size_t w = 0; w < count; w++) {
            const uint32_t *of_bin = places + wanted[w].slot * BINS;
            uint32_t place = 0;
            while (wanted[w].rank > of_bin[place])
                wanted[w].rank -= of_bin[place++];
            *wanted[w].result = (int32_t)((wanted[w].bin << LOW_BITS | place) ^ 0x80000000U);
        }
    }
    free(bins);
    free(slots);
    return good;
}

/* How many values lie below zero, among the near and the far ones. `far` is sorted. */
static void count_negative(const struct raw_values *values, size_t *near, size_t *far)
{
    *near = *far = 0;
    for (size_t i = 0; i < values->near_count; i++)
        *near += values->near[i] < 0;
    while (*far < values->far_count && values->far[*far] < 0)
        ++*far;
}

bool raw_values_select(struct raw_values *values, const uint64_t *ranks, size_t rank_count, int64_t *selected)
{
    struct wanted small[RAW_RANKS_MAX], near[RAW_RANKS_MAX];
    size_t small_wanted = 0, near_wanted = 0, near_negative, far_negative;
    stats_sort(values->far, values->far_count);
    count_negative(values, &near_negative, &far_negative);
    /* In order: far negative, near negative, small, near positive, far positive. */
    for (size_t i = 0; i < rank_count && i < RAW_RANKS_MAX; i++) {
        uint64_t rank = ranks[i];
        if (rank <= far_negative) {
            selected[i] = values->far[rank - 1];
            continue;
        }
        rank -= far_negative;
        if (rank <= near_negative)
            near[near_wanted++] = (struct wanted){.rank = rank, .result = &selected[i]};
        else if (rank <= near_negative + values->small_count)
            small[small_wanted++] = (struct wanted){.rank = rank - near_negative, .result = &selected[i]};
        else if (rank <= values->small_count + values->near_count)
            near[near_wanted++] = (struct wanted){.rank = rank - values->small_count, .result = &selected[i]};
        else
            selected[i] = values->far[rank - values->small_count - values->near_count + far_negative - 1];
    }
    select_small(values, small, small_wanted);
    return near_wanted == 0 || select_near(values, near, near_wanted);
}

void raw_values_clear(struct raw_values *values)
{
    if (values->small)
        memset(values->small, 0, RAW_SMALL_COUNT * sizeof(*values->small));
    values->small_count = values->near_count = values->far_count = 0;
    values->overflowed = false;
}

void raw_values_free(struct raw_values *values)
{
    free(values->small);
    free(values->near);
    free(values->far);
    memset(values, 0, sizeof(*values));
}
