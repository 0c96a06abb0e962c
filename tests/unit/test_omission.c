/* SPDX-License-Identifier: MIT */
/* lib/omission.c against the latencies that were left out, made one by one and sorted. */
#include "lib/omission.h"

#include "lib/prng.h"
#include "lib/quantile.h"
#include "lib/stats.h"
#include "tests/unit/tap.h"

enum { N = 500, ROOM = 200000, ROUNDS = 60 };

static int64_t all[ROOM];

static size_t make_all(const int64_t *sorted, size_t n, int64_t period)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        all[count++] = sorted[i];
        for (int64_t late = sorted[i] - period; late > 0 && count < ROOM; late -= period)
            all[count++] = late;
    }
    stats_sort(all, count);
    return count;
}

int main(void)
{
    static const uint32_t PARTS[] = {0, QUANTILE_ONE / 2, QUANTILE_ONE / 100 * 99, QUANTILE_ONE / 1000 * 999,
                                     QUANTILE_ONE};
    int64_t stall[] = {10, 10, 10, 1000};
    unsigned counts = 0, quantiles = 0;
    struct prng prng;

    TAP_INT(omission_count(stall, 4, 100), 13, "a stall of ten periods leaves nine out");
    TAP_INT(omission_quantile(stall, 4, 100, QUANTILE_ONE / 2), 400, "the median is one of those");
    TAP_INT(omission_count(stall, 3, 100), 3, "no stall leaves none out");
    TAP_INT(omission_count(stall, 4, UINT64_MAX), 4, "a period without end leaves none out");
    TAP_INT(omission_quantile(stall, 4, 1, QUANTILE_ONE), 1000, "the maximum stays");
    prng_seed(&prng, 3);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t values[N], period = (int64_t)prng_range(&prng, 10, 1000);
        size_t n = (size_t)prng_range(&prng, 1, N), count;

        for (size_t i = 0; i < n; i++)
            values[i] =
                prng_below(&prng, 30) ? (int64_t)prng_below(&prng, 40) - 5 : (int64_t)prng_log_range(&prng, 10, 50000);
        stats_sort(values, n);
        count = make_all(values, n, period);
        counts += omission_count(values, n, (uint64_t)period) != count;
        for (size_t q = 0; q < sizeof(PARTS) / sizeof(PARTS[0]); q++)
            quantiles +=
                omission_quantile(values, n, (uint64_t)period, PARTS[q]) != all[quantile_rank(count, PARTS[q]) - 1];
    }
    TAP_INT(counts, 0, "as many as made one by one");
    TAP_INT(quantiles, 0, "the same quantiles as of those");
    return tap_done();
}
