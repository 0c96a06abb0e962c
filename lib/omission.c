/* SPDX-License-Identifier: MIT */
#include "lib/omission.h"

#include "lib/quantile.h"

/* Number of values at or below `value`. */
static size_t count_to(const int64_t *sorted, size_t n, int64_t value)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (sorted[middle] <= value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Of the latencies above 0 that a wake of `late` leaves out, those at or below `limit`: late - k * period, k from 1. */
static uint64_t left_out(int64_t late, uint64_t period, int64_t limit)
{
    uint64_t all = ((uint64_t)late - 1) / period, above = 0;

    if (limit < 1)
        return 0;
    if (late > limit + (int64_t)period)
        above = ((uint64_t)(late - limit) - 1) / period;
    return all - above;
}

/* All at or below `limit`, those left out among them. */
static uint64_t count_all_to(const int64_t *sorted, size_t n, uint64_t period, int64_t limit)
{
    uint64_t count = count_to(sorted, n, limit);

    if (period > INT64_MAX)
        return count;
    for (size_t i = count_to(sorted, n, (int64_t)period); i < n; i++)
        count += left_out(sorted[i], period, limit);
    return count;
}

uint64_t omission_count(const int64_t *sorted, size_t n, uint64_t period)
{
    return n ? count_all_to(sorted, n, period, sorted[n - 1]) : 0;
}

int64_t omission_quantile(const int64_t *sorted, size_t n, uint64_t period, uint32_t parts)
{
    uint64_t rank = quantile_rank(omission_count(sorted, n, period), parts);
    int64_t low = sorted[0] < 0 ? sorted[0] : 0, high = sorted[n - 1];

    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (count_all_to(sorted, n, period, middle) >= rank)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
