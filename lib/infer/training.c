/* SPDX-License-Identifier: MIT */
#include "lib/infer/training.h"

#include "lib/quantile.h"
#include "lib/stats.h"

enum {
    GAPS_LEAST = 16,
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

/*
 * True where the leading blocks come nearer to the band, as what learns does and a host that moves a CPU does not, and
 * no later block is like the first one, as neighbours' bursts are.
 */
static bool does_learn(const int64_t *values, size_t count, size_t blocks, const struct band *band, int side,
                       int64_t *scratch)
{
    int64_t first = band_of(values, SETTLE_BLOCK, scratch).median - band->median;
    int64_t last = band_of(values + (blocks - 1) * SETTLE_BLOCK, SETTLE_BLOCK, scratch).median - band->median;

    for (size_t i = blocks + 1; (i + 1) * SETTLE_BLOCK <= count; i++)
        if (count_beyond(values + i * SETTLE_BLOCK, SETTLE_BLOCK, band, side) >= SETTLE_STRONG)
            return false;
    return blocks > 1 && last * side * 2 <= first * side;
}

/* True where the first values' median lies in the inner half of the band. */
static bool is_like(int64_t first, const struct band *band)
{
    return first <= band->median + (band->high - band->median) / 2 &&
           first >= band->median - (band->median - band->low) / 2;
}

struct settle settle_find(const int64_t *values, size_t count, int64_t slack, int64_t *scratch)
{
    struct settle settle = {.verdict = SETTLE_UNKNOWN, .confidence = CONFIDENCE_INFERRED};
    size_t half = count / 2, quarter = count / 4, blocks;
    struct band band;
    int side;

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
    for (side = -1; side <= 1; side += 2)
        if (count_beyond(values + count - quarter, quarter, &band, side) > quarter / 2)
            return settle;
    band = band_of(values + half, count - half, scratch);
    settle.low = band.low;
    settle.median = band.median;
    settle.high = band.high;
    band.low -= slack;
    band.high += slack;
    side = 1;
    blocks = leading_blocks(values, half, &band, side);
    if (!blocks) {
        side = -1;
        blocks = leading_blocks(values, half, &band, side);
    }
    settle.after = blocks * SETTLE_BLOCK;
    settle.verdict = blocks ? SETTLE_FOUND : SETTLE_NONE;
    if (blocks ? !does_learn(values, count, blocks, &band, side, scratch) : !is_like(settle.first, &band))
        settle.confidence = CONFIDENCE_LOW;
    /* Up to the half and still outside: where it ends is not known. */
    if (settle.after + SETTLE_BLOCK > half)
        settle.verdict = SETTLE_UNKNOWN;
    return settle;
}

bool ticks_are_floored(const int64_t *gaps_tsc, size_t count, uint64_t period_tsc)
{
    return count >= GAPS_LEAST && (uint64_t)gaps_tsc[count / 4] >= period_tsc / 4 * 5;
}
