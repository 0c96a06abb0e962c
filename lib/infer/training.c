/* SPDX-License-Identifier: MIT */
#include "lib/infer/training.h"

#include "lib/quantile.h"
#include "lib/stats.h"

enum {
    P10 = QUANTILE_ONE / 10,
    P50 = QUANTILE_ONE / 2,
    P90 = QUANTILE_ONE / 10 * 9,
};

struct band {
    int64_t low, median, high;
};

static struct band band_of(const int64_t *values, size_t count, int64_t *scratch)
{
    for (size_t i = 0; i < count; i++)
        scratch[i] = values[i];
    stats_sort(scratch, count);
    return (struct band){quantile_of_sorted(scratch, count, P10).value, quantile_of_sorted(scratch, count, P50).value,
                         quantile_of_sorted(scratch, count, P90).value};
}

/* How many values lie below the band (side -1) or above it (side 1). */
static size_t count_beyond(const int64_t *values, size_t count, const struct band *band, int side)
{
    size_t beyond = 0;

    for (size_t i = 0; i < count; i++)
        beyond += side < 0 ? values[i] < band->low : values[i] > band->high;
    return beyond;
}

/* Counts leading blocks beyond one edge, the first one strongly; never into the half that gives the band. */
static size_t leading_blocks(const int64_t *values, size_t limit, const struct band *band, int side)
{
    size_t blocks = 0, wanted = SETTLE_STRONG;

    while ((blocks + 1) * SETTLE_BLOCK <= limit &&
           count_beyond(values + blocks * SETTLE_BLOCK, SETTLE_BLOCK, band, side) >= wanted) {
        blocks++;
        wanted = SETTLE_WEAK;
    }
    return blocks;
}

struct settle settle_find(const int64_t *values, size_t count, int64_t slack, int64_t *scratch)
{
    struct settle settle = {.verdict = SETTLE_UNKNOWN};
    size_t half = count / 2, quarter = count / 4, blocks;
    struct band band;

    if (count < SETTLE_MIN_COUNT)
        return settle;
    settle.first = band_of(values, SETTLE_BLOCK, scratch).median;
    /* The third quarter's band must hold for the last quarter too. */
    band = band_of(values + half, quarter, scratch);
    settle.low = band.low;
    settle.median = band.median;
    settle.high = band.high;
    band.low -= slack;
    band.high += slack;
    for (int side = -1; side <= 1; side += 2)
        if (count_beyond(values + count - quarter, quarter, &band, side) > quarter / 2)
            return settle;
    band = band_of(values + half, count - half, scratch);
    settle.low = band.low;
    settle.median = band.median;
    settle.high = band.high;
    band.low -= slack;
    band.high += slack;
    blocks = leading_blocks(values, half, &band, 1);
    if (!blocks)
        blocks = leading_blocks(values, half, &band, -1);
    settle.after = blocks * SETTLE_BLOCK;
    settle.verdict = blocks ? SETTLE_FOUND : SETTLE_NONE;
    /* Up to the half and still outside: where it ends is not known. */
    if (settle.after + SETTLE_BLOCK > half)
        settle.verdict = SETTLE_UNKNOWN;
    return settle;
}
