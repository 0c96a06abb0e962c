/* SPDX-License-Identifier: MIT */
/* The trimmed mean: what few disturbed values do not move, and how often its interval holds the truth. */
#include "lib/infer/mean.h"

#include "lib/prng.h"
#include "lib/stats.h"
#include "tests/unit/tap.h"

enum { N = 200, RUNS = 500, TRUE_MTSC = 63300, STEP_MTSC = 3250 };

/* A cost between two steps of the clock: a value is the step below or above, as often as its place says; a few wild. */
static void take(int64_t *values, struct prng *prng)
{
    for (unsigned i = 0; i < N; i++) {
        values[i] = (TRUE_MTSC + (int64_t)prng_below(prng, STEP_MTSC)) / STEP_MTSC * STEP_MTSC;
        if (prng_below(prng, 100) == 0)
            values[i] += 1000000;
    }
    stats_sort(values, N);
}

int main(void)
{
    int64_t values[N], scratch[N], one = 5;
    unsigned inside = 0, near = 0, narrow = 0;
    struct prng prng;

    prng_seed(&prng, 1);
    for (unsigned run = 0; run < RUNS; run++) {
        struct mean mean;
        int64_t off;

        take(values, &prng);
        mean = mean_trimmed(values, N, scratch);
        off = mean.value < TRUE_MTSC ? TRUE_MTSC - mean.value : mean.value - TRUE_MTSC;
        inside += (uint64_t)off <= mean.error;
        near += off < STEP_MTSC / 4;
        narrow += mean.error < STEP_MTSC / 2;
    }
    TAP_OK(inside >= RUNS * 95 / 100, "the interval holds the truth");
    TAP_OK(near == RUNS, "the mean is nearer than a quarter of the step");
    TAP_OK(narrow == RUNS, "and wild values do not widen the interval");
    TAP_OK(mean_trimmed(&one, 1, scratch).value == 5 && mean_trimmed(&one, 1, scratch).error == UINT64_MAX,
           "of one value no interval is known");
    return tap_done();
}
