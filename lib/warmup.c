/* SPDX-License-Identifier: MIT */
#include "lib/warmup.h"

#include "lib/stats.h"

enum {
    APART = 100,  /* less than 1 % apart is no change */
    LOOK_PART = 8 /* the next look comes after so large a part more */
};

void warmup_begin(struct warmup *warmup, int64_t *values, int64_t *scratch, uint64_t least_tsc, uint64_t most_tsc)
{
    *warmup = (struct warmup){
        .values = values, .scratch = scratch, .next_look = WARMUP_LEAST, .least_tsc = least_tsc, .most_tsc = most_tsc};
}

static int64_t median_of(struct warmup *warmup, uint32_t first, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++)
        warmup->scratch[i] = warmup->values[first + i];
    stats_sort(warmup->scratch, length);
    return warmup->scratch[length / 2];
}

/* All of the first `split` medians above, or all below, the others, and their middles apart. */
static bool goes_one_way(const int64_t *medians, uint32_t split)
{
    int64_t copy[WARMUP_BLOCKS], *newer = copy + split, apart, middle;
    uint32_t newer_count = WARMUP_BLOCKS - split;

    for (uint32_t i = 0; i < WARMUP_BLOCKS; i++)
        copy[i] = medians[i];
    stats_sort(copy, split);
    stats_sort(newer, newer_count);
    if (copy[0] <= newer[newer_count - 1] && copy[split - 1] >= newer[0])
        return false;
    middle = newer[newer_count / 2];
    apart = copy[split / 2] - middle;
    return (apart < 0 ? -apart : apart) > (middle < 0 ? -middle : middle) / APART;
}

static bool is_settled(struct warmup *warmup)
{
    uint32_t length = warmup->count / 2 / WARMUP_BLOCKS, first = warmup->count - length * WARMUP_BLOCKS;
    int64_t medians[WARMUP_BLOCKS];

    for (uint32_t i = 0; i < WARMUP_BLOCKS; i++)
        medians[i] = median_of(warmup, first + i * length, length);
    return !goes_one_way(medians, WARMUP_BLOCKS / 2) && !goes_one_way(medians, WARMUP_BLOCKS - 2);
}

/* It is time to look, by number and by time; at the limits in any case. */
static bool may_look(const struct warmup *warmup, uint64_t since_tsc, bool at_limit)
{
    if (warmup->count < WARMUP_LEAST)
        return false;
    return at_limit || (warmup->count >= warmup->next_look && since_tsc >= warmup->least_tsc);
}

enum warmup_state warmup_add(struct warmup *warmup, bool has_value, int64_t value, uint64_t since_tsc)
{
    bool at_limit;

    warmup->tries++;
    if (has_value)
        warmup->values[warmup->count++] = value;
    at_limit = warmup->tries >= WARMUP_MOST || since_tsc >= warmup->most_tsc;
    if (may_look(warmup, since_tsc, at_limit)) {
        if (is_settled(warmup))
            return WARMUP_SETTLED;
        warmup->next_look = warmup->count + warmup->count / LOOK_PART;
    }
    if (warmup->tries >= WARMUP_LEAST && 2 * warmup->count < warmup->tries)
        return WARMUP_BLIND;
    return at_limit ? WARMUP_LIMIT : WARMUP_GOES_ON;
}
