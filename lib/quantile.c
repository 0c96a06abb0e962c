/* SPDX-License-Identifier: MIT */
#include "lib/quantile.h"

#include "lib/fixed.h"

const struct quantile_spec QUANTILES[QUANTILE_COUNT] = {
    {"min", 0},         {"p1", 100000},      {"p50", 5000000},     {"p90", 9000000},      {"p99", 9900000},
    {"p99.9", 9990000}, {"p99.99", 9999000}, {"p99.999", 9999900}, {"max", QUANTILE_ONE},
};

#define INTERVAL_N_MAX UINT64_C(4000000000)

/*
 * The terms of the binomial distribution are kept relative to the largest, which weighs 2^46. Their sum is that times
 * sqrt(2 pi n p (1 - p)), below 2^63 at n = 4 * 10^9; terms end where they fall below 1, about 8 standard deviations
 * out.
 */
#define MODE_WEIGHT (UINT64_C(1) << 46)

/*
 * A tail may hold 2.5 %, less 10^-7 for the rounding of the terms: each is at most one too small per step from the
 * mode, in all below 10^-7 of the sum over the whole range of n.
 */
#define TAIL_DIVISOR   UINT64_C(40)
#define MARGIN_DIVISOR UINT64_C(10000000)

struct binomial {
    uint64_t n;
    uint64_t hit;  /* p in parts per 10^7 */
    uint64_t miss; /* 1 - p */
};

uint64_t quantile_rank(uint64_t n, uint32_t parts)
{
    uint64_t whole = n / QUANTILE_ONE * parts;
    uint64_t rest = n % QUANTILE_ONE * parts;
    uint64_t rank = whole + (rest + QUANTILE_ONE - 1) / QUANTILE_ONE;

    return rank ? rank : 1;
}

/* The weight of k + 1 hits from that of k (k < n). */
static uint64_t weight_above(const struct binomial *law, uint64_t k, uint64_t weight)
{
    return muldiv_u64(weight, (law->n - k) * law->hit, (k + 1) * law->miss);
}

/* The weight of k - 1 hits from that of k (k > 0). */
static uint64_t weight_below(const struct binomial *law, uint64_t k, uint64_t weight)
{
    return muldiv_u64(weight, k * law->miss, (law->n - k + 1) * law->hit);
}

/* Sums of the weights of `mode` hits and fewer, and of `mode` hits and more. */
static void sum_weights(const struct binomial *law, uint64_t mode, uint64_t *lower, uint64_t *upper)
{
    uint64_t weight = MODE_WEIGHT;

    *lower = MODE_WEIGHT;
    for (uint64_t k = mode; k > 0 && weight; k--) {
        weight = weight_below(law, k, weight);
        *lower += weight;
    }
    *upper = weight = MODE_WEIGHT;
    for (uint64_t k = mode; k < law->n && weight; k++) {
        weight = weight_above(law, k, weight);
        *upper += weight;
    }
}

/* The largest rank with P(fewer than `rank` hits) within the tail; 0 when there is none. */
static uint64_t low_rank(const struct binomial *law, uint64_t mode, uint64_t sum, uint64_t tail)
{
    uint64_t weight = MODE_WEIGHT;
    uint64_t k = mode;

    /* sum is the weight of k hits and fewer. */
    while (sum > tail) {
        if (k == 0)
            return 0;
        sum -= weight;
        weight = weight_below(law, k, weight);
        k--;
    }
    return k + 1;
}

/* The smallest rank with P(`rank` hits or more) within the tail; n + 1 when there is none. */
static uint64_t high_rank(const struct binomial *law, uint64_t mode, uint64_t sum, uint64_t tail)
{
    uint64_t weight = MODE_WEIGHT;
    uint64_t k = mode;

    /* sum is the weight of k hits and more. */
    while (sum > tail) {
        if (k == law->n)
            return k + 1;
        sum -= weight;
        weight = weight_above(law, k, weight);
        k++;
    }
    return k;
}

/*
 * X(low) <= q <= X(high) fails where fewer than `low` samples, or `high` or more, lie below the quantile q; their
 * number is binomial(n, p).
 */
bool quantile_interval(uint64_t n, uint32_t parts, struct quantile_ranks *ranks)
{
    struct binomial law = {n, parts, QUANTILE_ONE - parts};
    uint64_t mode;
    uint64_t lower;
    uint64_t upper;
    uint64_t total;
    uint64_t tail;

    if (n == 0 || n > INTERVAL_N_MAX || parts == 0 || parts >= QUANTILE_ONE)
        return false;
    mode = (n + 1) * parts / QUANTILE_ONE;
    if (mode > n)
        mode = n;
    sum_weights(&law, mode, &lower, &upper);
    total = lower + upper - MODE_WEIGHT;
    tail = total / TAIL_DIVISOR - total / MARGIN_DIVISOR;
    ranks->low = low_rank(&law, mode, lower, tail);
    ranks->high = high_rank(&law, mode, upper, tail);
    return ranks->low >= 1 && ranks->high <= n;
}

struct quantile quantile_of_effective(const int64_t *sorted, size_t n, uint64_t effective, uint32_t parts)
{
    struct quantile quantile = {.value = sorted[quantile_rank(n, parts) - 1]};
    struct quantile_ranks ranks;

    quantile.has_interval = quantile_interval(effective, parts, &ranks);
    if (quantile.has_interval) {
        /* Ranks among the effective samples, stretched to all of them; the interval only grows by rounding. */
        uint64_t low = muldiv_u64(ranks.low, n, effective),
                 high = muldiv_u64(ranks.high, n, effective) + (effective < n);

        quantile.low = sorted[(low ? low : 1) - 1];
        quantile.high = sorted[(high < n ? high : n) - 1];
    }
    return quantile;
}

struct quantile quantile_of_sorted(const int64_t *sorted, size_t n, uint32_t parts)
{
    return quantile_of_effective(sorted, n, n, parts);
}
