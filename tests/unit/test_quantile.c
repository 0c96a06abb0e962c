/* SPDX-License-Identifier: MIT */
/* lib/quantile.c against exact binomial arithmetic, and its coverage by trial. */
#include "tests/unit/tap.h"

#include "lib/prng.h"
#include "lib/quantile.h"
#include "lib/stats.h"
#include "tests/golden/quantile_vectors.h"

enum { VECTOR_COUNT = sizeof(QUANTILE_VECTORS) / sizeof(QUANTILE_VECTORS[0]) };

static bool vectors_agree(void)
{
    bool agree = true;

    for (int i = 0; i < VECTOR_COUNT; i++) {
        const struct quantile_vector *want = &QUANTILE_VECTORS[i];
        struct quantile_ranks got;
        bool has = quantile_interval(want->n, want->parts, &got);

        if (has == (want->low != 0) && (!has || (got.low == want->low && got.high == want->high)))
            continue;
        printf("# n %u parts %u: got %d %llu %llu, want %u %u\n", want->n, want->parts, has,
               (unsigned long long)got.low, (unsigned long long)got.high, want->low, want->high);
        agree = false;
    }
    return agree;
}

static void check_names(void)
{
    static const char *const NAMES[QUANTILE_COUNT] = {
        "min", "p1", "p50", "p90", "p99", "p99.9", "p99.99", "p99.999", "max",
    };
    static const double SHARES[QUANTILE_COUNT] = {0, 1, 50, 90, 99, 99.9, 99.99, 99.999, 100};

    for (int i = 0; i < QUANTILE_COUNT; i++) {
        TAP_STR(QUANTILES[i].name, NAMES[i], "quantile_name");
        TAP_INT(QUANTILES[i].parts, (long long)(SHARES[i] * 100000 + 0.5), "quantile_parts");
    }
}

static void check_ranks(void)
{
    TAP_INT(quantile_rank(1, 0), 1, "rank_of_the_minimum");
    TAP_INT(quantile_rank(10, QUANTILE_ONE), 10, "rank_of_the_maximum");
    TAP_INT(quantile_rank(10, 5000000), 5, "rank_of_an_even_median");
    TAP_INT(quantile_rank(11, 5000000), 6, "rank_of_an_odd_median");
    TAP_INT(quantile_rank(100, 9900000), 99, "rank_without_rounding");
    TAP_INT(quantile_rank(101, 9900000), 100, "rank_rounds_up");
    TAP_INT(quantile_rank(1000000000000, 9999900), 999990000000, "rank_of_a_million_million");
}

static void check_edges(void)
{
    struct quantile_ranks ranks;

    TAP_OK(!quantile_interval(0, 5000000, &ranks), "no_interval_of_nothing");
    TAP_OK(!quantile_interval(1000, 0, &ranks), "no_interval_of_the_minimum");
    TAP_OK(!quantile_interval(1000, QUANTILE_ONE, &ranks), "no_interval_of_the_maximum");
    TAP_OK(!quantile_interval(4000000001, 5000000, &ranks), "no_interval_beyond_the_range");
    TAP_OK(!quantile_interval(UINT64_MAX, 5000000, &ranks), "no_interval_of_the_largest_n");
    /* 1.959964 standard deviations of sqrt(10^9 / 4) about the middle. */
    TAP_OK(quantile_interval(1000000000, 5000000, &ranks), "interval_of_a_thousand_million");
    TAP_OK(ranks.low > 500000000 - 30993 && ranks.low < 500000000 - 30987, "its_low_rank");
    TAP_OK(ranks.high > 500000000 + 30987 && ranks.high < 500000000 + 30993, "its_high_rank");
    TAP_OK(quantile_interval(4000000000, 9999900, &ranks) && ranks.low < 3999960000 && ranks.high > 3999960000,
           "interval_at_the_end_of_the_range");
}

/*
 * Draws from 0 to 10^6 - 1, whose quantile p is known; the interval must hold it in at least 95 % of the trials, less
 * five standard deviations of that count.
 */
static bool covers(struct prng *prng, size_t n, uint32_t parts)
{
    enum { TRIALS = 2000, SPAN = 1000000, N_MAX = 500 };
    const int64_t truth = (int64_t)parts * SPAN / QUANTILE_ONE;
    int held = 0;

    for (int trial = 0; trial < TRIALS; trial++) {
        int64_t values[N_MAX];
        struct quantile quantile;

        for (size_t i = 0; i < n; i++)
            values[i] = (int64_t)prng_below(prng, SPAN);
        stats_sort(values, n);
        quantile = quantile_of_sorted(values, n, parts);
        held += quantile.has_interval && quantile.low <= truth && truth <= quantile.high;
    }
    return held >= TRIALS * 95 / 100 - 49;
}

static void check_values(void)
{
    int64_t values[100];
    struct quantile quantile;

    for (int i = 0; i < 100; i++)
        values[i] = 10 * (i + 1);
    quantile = quantile_of_sorted(values, 100, 5000000);
    /* Ranks 40 and 61 of n = 100: the tabulated interval of the median (W. J. Conover, table A3). */
    TAP_OK(quantile.has_interval && quantile.low == 400 && quantile.value == 500 && quantile.high == 610,
           "median_of_100_with_its_interval");
    /* Of 50 independent ones it is that of ranks 18 and 33, stretched to 100 and never narrower by rounding. */
    quantile = quantile_of_effective(values, 100, 50, 5000000);
    TAP_OK(quantile.has_interval && quantile.low == 360 && quantile.high == 670, "fewer_independent_ones_widen_it");
    quantile = quantile_of_sorted(values, 100, 9900000);
    TAP_OK(!quantile.has_interval && quantile.value == 990, "p99_of_100_has_no_interval");
    quantile = quantile_of_sorted(values, 1, 5000000);
    TAP_OK(!quantile.has_interval && quantile.value == 10, "one_value");
}

int main(void)
{
    struct prng prng;

    prng_seed(&prng, 6);
    TAP_OK(vectors_agree(), "ranks_of_exact_binomial_vectors");
    check_names();
    check_ranks();
    check_edges();
    check_values();
    TAP_OK(covers(&prng, 6, 5000000), "coverage_p50_of_6");
    TAP_OK(covers(&prng, 100, 9000000), "coverage_p90_of_100");
    TAP_OK(covers(&prng, 500, 9900000), "coverage_p99_of_500");
    return tap_done();
}
