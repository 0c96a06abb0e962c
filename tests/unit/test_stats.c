/* SPDX-License-Identifier: MIT */
/* lib/stats.c against qsort, 128-bit sums and brute force. */
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <time.h>

#include "lib/prng.h"
#include "lib/stats.h"

enum { ROUNDS = 3000, SMALL_MAX = 80, LARGE = 1000000 };

static int64_t values[LARGE];
static int64_t reference[LARGE];

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static int64_t any_value(struct prng *prng)
{
    switch (prng_below(prng, 4)) {
    case 0:
        return (int64_t)prng_below(prng, 10) - 5;
    case 1:
        return (int64_t)prng_next(prng);
    case 2:
        return prng_below(prng, 2) ? INT64_MAX : INT64_MIN;
    default:
        return (int64_t)prng_below(prng, 1000000);
    }
}

static __int128 middle(const __int128 *sorted, size_t n)
{
    __int128 sum = sorted[(n - 1) / 2] + sorted[n / 2];

    return sum >= 0 || sum % 2 == 0 ? sum / 2 : (sum - 1) / 2; /* down, not towards zero */
}

static int compare_wide(const void *a, const void *b)
{
    __int128 left = *(const __int128 *)a;
    __int128 right = *(const __int128 *)b;

    return (left > right) - (left < right);
}

static bool middles_agree(const int64_t *sorted, size_t n)
{
    __int128 wide[SMALL_MAX] = {0};
    __int128 median;
    __int128 mad;

    for (size_t i = 0; i < n; i++)
        wide[i] = sorted[i];
    median = middle(wide, n);
    if (stats_median(sorted, n) != median)
        return false;
    for (size_t i = 0; i < n; i++)
        wide[i] = wide[i] > median ? wide[i] - median : median - wide[i];
    qsort(wide, n, sizeof(wide[0]), compare_wide);
    mad = middle(wide, n);
    return stats_mad(sorted, n, (int64_t)median) == (mad > INT64_MAX ? INT64_MAX : mad);
}

static bool summary_agrees(const int64_t *sorted, size_t n)
{
    struct summary summary = summary_of_sorted(sorted, n);
    __int128 sum = 0;
    uint64_t negative = 0;
    bool left_range = false;

    for (size_t i = 0; i < n; i++) {
        sum += sorted[i];
        negative += sorted[i] < 0;
        left_range |= sum > INT64_MAX || sum < INT64_MIN;
    }
    return summary.n == n && summary.min == sorted[0] && summary.max == sorted[n - 1] && summary.negative == negative &&
           summary.sum_saturated == left_range && (left_range || summary.sum == sum) &&
           summary.median == stats_median(sorted, n);
}

static void check_small(struct prng *prng)
{
    bool sorts = true;
    bool middles = true;
    bool summaries = true;

    for (int round = 0; round < ROUNDS; round++) {
        size_t n = 1 + prng_below(prng, SMALL_MAX);

        for (size_t i = 0; i < n; i++)
            values[i] = reference[i] = any_value(prng);
        stats_sort(values, n);
        qsort(reference, n, sizeof(reference[0]), compare);
        sorts &= memcmp(values, reference, n * sizeof(values[0])) == 0;
        middles &= middles_agree(reference, n);
        summaries &= summary_agrees(reference, n);
    }
    TAP_OK(sorts, "sorts_as_qsort");
    TAP_OK(middles, "median_and_mad_by_brute_force");
    TAP_OK(summaries, "summary_by_brute_force");
}

/* Orders that are known to defeat simple pivots. */
static int64_t pattern_value(int pattern, int64_t i)
{
    switch (pattern) {
    case 0:
        return i;
    case 1:
        return -i;
    case 2:
        return 7;
    case 3:
        return i < LARGE / 2 ? i : LARGE - i; /* organ pipes */
    case 4:
        return i % 2 ? i : LARGE - i;
    case 5:
        return i * 7919 % 1009;
    default:
        return (int64_t)((uint64_t)i * UINT64_C(0x9e3779b97f4a7c15));
    }
}

/*
 * The input of M. D. McIlroy, "A Killer Adversary for Quicksort" (1999), cannot be made here, because the sort calls no
 * comparison; a median-of-three killer for a pivot at n / 2 can.
 */
static void fill_killer(int64_t *out, int64_t n)
{
    int64_t half = n / 2;

    for (int64_t i = 0; i < half; i++) {
        out[i] = i % 2 ? half + i + (half % 2 ? 0 : 1) : i + 1;
        out[half + i] = 2 * (i + 1);
    }
}

static bool sorts_large(void)
{
    for (int64_t i = 1; i < LARGE; i++)
        if (values[i - 1] > values[i])
            return false;
    return true;
}

static void check_large(void)
{
    clock_t start = clock();
    bool ok = true;

    for (int pattern = 0; pattern < 7; pattern++) {
        for (int64_t i = 0; i < LARGE; i++)
            values[i] = pattern_value(pattern, i);
        stats_sort(values, LARGE);
        ok &= sorts_large();
    }
    fill_killer(values, LARGE);
    stats_sort(values, LARGE);
    ok &= sorts_large();
    TAP_OK(ok, "sorts_a_million_of_each_pattern");
    /* A quadratic case would take minutes; a sanitizer build needs about two seconds. */
    TAP_OK((clock() - start) / CLOCKS_PER_SEC < 60, "no_pattern_is_quadratic");
}

static void check_worst(struct prng *prng)
{
    struct worst worst = {0};
    bool largest = true;

    for (int i = 0; i < 1000; i++) {
        values[i] = reference[i] = (int64_t)prng_below(prng, 500) - 250;
        worst_add(&worst, values[i], (uint64_t)i);
    }
    qsort(reference, 1000, sizeof(reference[0]), compare);
    for (uint32_t i = 0; i < WORST_MAX; i++) {
        largest &= worst.entries[i].value == reference[999 - i];
        largest &= values[worst.entries[i].at_tsc] == worst.entries[i].value;
        if (i && worst.entries[i].value == worst.entries[i - 1].value)
            largest &= worst.entries[i].at_tsc > worst.entries[i - 1].at_tsc;
    }
    TAP_INT(worst.count, WORST_MAX, "worst_holds_sixteen");
    TAP_OK(largest, "worst_are_the_largest_with_their_times_earlier_first");
}

static void check_edges(void)
{
    struct summary summary = {0};
    struct worst worst = {0};

    TAP_INT(stats_median(values, 0), 0, "median_of_nothing");
    TAP_INT(stats_mad(values, 0, 0), 0, "mad_of_nothing");
    stats_sort(values, 0);
    summary_add(&summary, INT64_MAX);
    summary_add(&summary, 1);
    summary_add(&summary, -5);
    TAP_OK(summary.sum_saturated && summary.sum == INT64_MAX, "sum_stays_at_its_limit");
    TAP_INT(summary.negative, 1, "negative_values_are_counted");
    worst_add(&worst, -7, 1);
    TAP_OK(worst.count == 1 && worst.entries[0].value == -7, "worst_of_one");
}

/* Each value is its time's, before and behind; lanes of several CPUs, any order, and what is in order. */
static void check_order(struct prng *prng)
{
    static uint64_t at[2000];

    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t n = (size_t)prng_below(prng, round % 100 ? 60 : 2000), lanes = 1 + (size_t)prng_below(prng, 9);
        bool good = true;

        for (size_t i = 0; i < n; i++) {
            at[i] = round % 3 ? i % (n / lanes + 1) : prng_below(prng, n + 1);
            values[i] = (int64_t)at[i] * 3 - 7;
            reference[i] = (int64_t)at[i];
        }
        qsort(reference, n, sizeof(*reference), compare);
        stats_order(at, values, n);
        for (size_t i = 0; i < n; i++)
            good &= (int64_t)at[i] == reference[i] && values[i] == reference[i] * 3 - 7;
        if (!good || round == ROUNDS - 1)
            TAP_OK(good, "values come in the order of their times");
        if (!good)
            return;
    }
}

int main(void)
{
    struct prng prng;

    prng_seed(&prng, 5);
    check_small(&prng);
    check_large();
    check_worst(&prng);
    check_edges();
    check_order(&prng);
    return tap_done();
}
