/* SPDX-License-Identifier: MIT */
/*
 * Statistics of few values a side, without any assumption on their distribution, for comparisons of a few boots. Pure
 * arithmetic.
 */
#ifndef LAB_TOOL_COMPARE_RANK_SUM_H
#define LAB_TOOL_COMPARE_RANK_SUM_H

#include <stdbool.h>
#include <stddef.h>

/* Most values a side that the exact test takes: 64 against 64 need 12 MiB for a moment. */
#define RANK_SUM_SIDE_MAX 64

struct rank_sum {
    double u;     /* Mann-Whitney's U of b: pairs with b > a, ties count one half */
    double p;     /* two-sided, exact also with ties (all assignments of the ranks) */
    double cliff; /* Cliff's delta: -1 all b below all a, 1 all b above */
};

/*
 * Tests a[0..a_count) against b[0..b_count), each 1 to RANK_SUM_SIDE_MAX values. Without ties p is R's wilcox.test(b,
 * a, exact = TRUE)$p.value; with ties it is that of the permutation distribution of the mid-ranks (R's
 * coin::wilcox_test with distribution "exact" doubles the smaller tail alike). False without memory.
 */
bool rank_sum_test(const double *a, size_t a_count, const double *b, size_t b_count, struct rank_sum *test);

struct rank_shift {
    double estimate;   /* Hodges-Lehmann: the median of all differences b - a */
    double low, high;  /* interval of at least 95 %, from the exact distribution without ties */
    bool has_interval; /* false where the sides are too small for one */
};

/* How far b lies above a. As R's wilcox.test(b, a, conf.int = TRUE). False without memory. */
bool rank_shift(const double *a, size_t a_count, const double *b, size_t b_count, struct rank_shift *shift);

#endif
