/* SPDX-License-Identifier: MIT */
/*
 * Quantiles by nearest rank and their distribution-free intervals.
 *
 * The interval is that of order statistics: the number of n independent samples below the true quantile p is
 * binomial(n, p), whatever the distribution, so ranks low and high can be chosen that bracket it with a known
 * probability (H. A. David, H. N. Nagaraja, Order Statistics, 3rd ed., section 7.1). Here each tail holds at most 2.5
 * %, so the coverage is at least 95 %. Integers only; any context.
 */
#ifndef LAB_LIB_QUANTILE_H
#define LAB_LIB_QUANTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QUANTILE_ONE = 10000000, /* a quantile of 1, in parts per 10^7 */
    QUANTILE_COUNT = 9,
};

struct quantile_spec {
    const char *name;
    uint32_t parts; /* per 10^7: 0 is the minimum, QUANTILE_ONE the maximum */
};

/* min p1 p50 p90 p99 p99.9 p99.99 p99.999 max */
enum { QUANTILE_P50 = 2, QUANTILE_P99 = 4 };
extern const struct quantile_spec QUANTILES[QUANTILE_COUNT];

struct quantile {
    int64_t value;
    int64_t low; /* the 95 % interval; of use only with has_interval */
    int64_t high;
    bool has_interval;
};

/* Ranks run from 1 to n; low <= high. */
struct quantile_ranks {
    uint64_t low;
    uint64_t high;
};

/* The nearest rank, ceil(n * p), at least 1. n is 1 to 10^12, parts 0 to QUANTILE_ONE. */
uint64_t quantile_rank(uint64_t n, uint32_t parts);

/*
 * Ranks whose values bracket the quantile with at least 95 %, no tail over 2.5 %. False where n is too small for such
 * an interval, for parts 0 and QUANTILE_ONE, and for n over 4 * 10^9. Takes about 20 * sqrt(n * p * (1 - p)) steps (5
 * ms at n = 10^9, p50).
 */
bool quantile_interval(uint64_t n, uint32_t parts, struct quantile_ranks *ranks);

/* Value and interval of n >= 1 values in ascending order, if they are independent. */
struct quantile quantile_of_sorted(const int64_t *sorted, size_t n, uint32_t parts);

/* The same where the n values are worth `effective` independent ones (0 to n; 0: no interval; lib/dependence.h). */
struct quantile quantile_of_effective(const int64_t *sorted, size_t n, uint64_t effective, uint32_t parts);

#endif
