/* SPDX-License-Identifier: MIT */
#include "lib/dependence.h"

#include "lib/fixed.h"
#include "lib/stats.h"

enum {
    LAGS = 2,
    RANK_ONE = 1 << 15, /* ranks run from -RANK_ONE to RANK_ONE */
    BLOCK_LEAST = 50,   /* samples in a block: shorter blocks scatter less than the series does */
    ACF_SIGMAS = 4,     /* beyond so many standard errors (1 / sqrt(n)) neighbours are similar */
    PERMILLE = 1000,
    EFFECTIVE_PERCENT = 126, /* (2.2 / 1.96)^2: the scatter of 20 blocks is an estimate */
};

/* Number of values below `value`; with `or_equal`, at or below it. */
static size_t count_below(const int64_t *sorted, size_t n, int64_t value, bool or_equal)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (sorted[middle] < value || (or_equal && sorted[middle] == value))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Rank among all values, equal ones sharing the middle of theirs; the mean of all ranks is 0. */
static int64_t centred_rank(const int64_t *sorted, size_t n, int64_t value)
{
    int64_t twice = (int64_t)(count_below(sorted, n, value, false) + count_below(sorted, n, value, true));

    return (twice - (int64_t)n) * RANK_ONE / (int64_t)n;
}

static void look_at_neighbours(const int64_t *arrived, const int64_t *sorted, size_t n, struct dependence *found)
{
    int64_t before[LAGS] = {0}, products[LAGS] = {0}, squares = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t rank = centred_rank(sorted, n, arrived[i]);

        for (unsigned lag = 0; lag < LAGS; lag++)
            products[lag] += rank * before[lag];
        squares += rank * rank;
        before[1] = before[0];
        before[0] = rank;
    }
    for (unsigned lag = 0; lag < LAGS && squares; lag++) {
        int64_t acf_q15 = products[lag] / (squares / RANK_ONE + 1);

        found->lag_permille[lag] = (int32_t)(acf_q15 * PERMILLE / RANK_ONE);
        if (acf_q15 > 0 && (uint64_t)(acf_q15 * acf_q15) * n > (uint64_t)ACF_SIGMAS * ACF_SIGMAS * RANK_ONE * RANK_ONE)
            found->clustered = true;
    }
}

/* Sorts both halves and holds their intervals of the median against each other. */
static bool are_halves_apart(int64_t *values, size_t n)
{
    enum { MEDIAN = QUANTILE_ONE / 2 };
    size_t half = n / 2;
    struct quantile first, second;

    stats_sort(values, half);
    stats_sort(values + half, half);
    first = quantile_of_sorted(values, half, MEDIAN);
    second = quantile_of_sorted(values + half, half, MEDIAN);
    return first.has_interval && second.has_interval && (first.high < second.low || second.high < first.low);
}

/* Samples at or below a quantile, in order of arrival. */
struct below {
    uint64_t count, pairs; /* all of them; those whose next sample is at or below it, too */
    uint64_t above_pairs;  /* samples above it whose next sample is above it, too */
    uint64_t block[DEPENDENCE_BLOCKS];
};

static struct below count_at(const int64_t *arrived, size_t n, int64_t value)
{
    size_t length = n / DEPENDENCE_BLOCKS, left = length;
    struct below below = {0};
    bool was_below = false;
    unsigned block = 0;

    for (size_t i = 0; i < n; i++) {
        bool is_below = arrived[i] <= value;

        below.count += is_below;
        below.pairs += i && is_below && was_below;
        below.above_pairs += i && !is_below && !was_below;
        was_below = is_below;
        if (block == DEPENDENCE_BLOCKS)
            continue;
        below.block[block] += is_below;
        if (--left == 0) {
            block++;
            left = length;
        }
    }
    return below;
}

/*
 * The rarer side of the quantile follows itself more often than chance. c independent samples among n make c^2 / n
 * pairs with a variance of about the same; the 3 is for numbers so small that their law has a long tail.
 */
static bool is_tail_clustered(const struct below *below, size_t n)
{
    uint64_t above = n - below->count;
    uint64_t rare = below->count < above ? below->count : above;
    uint64_t pairs = below->count < above ? below->pairs : below->above_pairs;
    uint64_t usual = muldiv_u64(rare, rare, n);

    return pairs > usual + 3 && (pairs - usual - 3) * (pairs - usual - 3) > 16 * (usual + 1);
}

/*
 * n / tau, where tau is the variance of a block's count over that of independent samples, length * p * (1 - p).
 * With S and Q, sums of the counts and of their squares, the variance is (B Q - S^2) / (B (B - 1)), p = S / (B length).
 */
static uint64_t effective_number(const struct below *below, size_t n)
{
    uint64_t blocks = DEPENDENCE_BLOCKS, all = n / blocks * blocks;
    uint64_t sum = 0, squares = 0, scatter, usual, number;

    if (n / blocks < BLOCK_LEAST)
        return 0;
    for (unsigned i = 0; i < blocks; i++) {
        sum += below->block[i];
        squares += below->block[i] * below->block[i];
    }
    scatter = blocks * squares - sum * sum;
    if (!scatter)
        return n;
    usual = muldiv_u64(sum, all - sum, all); /* B * length * p * (1 - p) */
    number = muldiv_u64(muldiv_u64(n, (blocks - 1) * usual, scatter), 100, EFFECTIVE_PERCENT);
    if (number >= n)
        return n;
    return number < DEPENDENCE_EFFECTIVE_LEAST ? 0 : number;
}

struct dependence dependence_of(const int64_t *arrived, int64_t *values, size_t n)
{
    struct dependence found = {.judged = n >= DEPENDENCE_LEAST};

    if (found.judged)
        found.drifts = are_halves_apart(values, n);
    stats_sort(values, n);
    if (found.judged)
        look_at_neighbours(arrived, values, n, &found);
    for (unsigned q = 0; q < QUANTILE_COUNT; q++) {
        struct below below;

        found.effective[q] = found.drifts ? 0 : n;
        if (!found.judged || found.drifts || QUANTILES[q].parts == 0 || QUANTILES[q].parts == QUANTILE_ONE)
            continue;
        below = count_at(arrived, n, values[quantile_rank(n, QUANTILES[q].parts) - 1]);
        if (found.clustered || is_tail_clustered(&below, n))
            found.effective[q] = effective_number(&below, n);
    }
    return found;
}

const char *dependence_mark(const struct dependence *dependence, size_t n)
{
    bool clustered = dependence->clustered;

    if (dependence->drifts)
        return "drifts";
    for (unsigned q = 0; q < QUANTILE_COUNT; q++)
        clustered |= dependence->effective[q] < n;
    return clustered ? "clustered" : NULL;
}
