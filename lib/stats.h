/* SPDX-License-Identifier: MIT */
/*
 * Exact summaries of signed samples: count, sum, extremes, median, median absolute deviation, the 16 worst.
 *
 * Integers only; the unit is the caller's (TSC ticks as a rule). Any context; nothing allocates.
 */
#ifndef LAB_LIB_STATS_H
#define LAB_LIB_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORST_MAX = 16 };

struct summary {
    uint64_t n;
    int64_t min; /* 0 when n is 0, like all that follows */
    int64_t max;
    int64_t sum;
    int64_t median;
    int64_t mad;        /* median absolute deviation from the median, not scaled */
    uint64_t negative;  /* values below zero */
    bool sum_saturated; /* sum left 64 bits and stands at its limit */
};

/* The running part: n, min, max, sum, negative. Start from a zeroed struct. median and mad are left alone. */
void summary_add(struct summary *summary, int64_t value);

/* Everything at once from n values in ascending order. */
struct summary summary_of_sorted(const int64_t *sorted, size_t n);

/* Ascending, in place, O(n log n) at worst, O(log n) stack. */
void stats_sort(int64_t *values, size_t n);

/* Orders n values by their times, both in place; what is in order already takes one pass. */
void stats_order(uint64_t *at_tsc, int64_t *values, size_t n);

/* Of n >= 1 values in ascending order; for even n the mean of the two middle ones, rounded down. 0 when n is 0. */
int64_t stats_median(const int64_t *sorted, size_t n);

/* The same of values in any order, which are sorted in place. */
int64_t stats_sort_median(int64_t *values, size_t n);

/*
 * Median of |value - median| of n values in ascending order, for even n the mean of the two middle ones, rounded down;
 * saturates at INT64_MAX. Needs no scratch: the deviations on each side of the median are in order already.
 */
int64_t stats_mad(const int64_t *sorted, size_t n, int64_t median);

struct worst_entry {
    int64_t value;
    uint64_t at_tsc;
};

/* The largest values seen, largest first; among equals the earlier one first. Start from a zeroed struct. */
struct worst {
    uint32_t count;
    struct worst_entry entries[WORST_MAX];
};

void worst_add(struct worst *worst, int64_t value, uint64_t at_tsc);

#endif
