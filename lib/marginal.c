/* SPDX-License-Identifier: MIT */
#include "lib/marginal.h"

/* Which of a sample's timings, from bit 0 on, are of the other kind than the first: no even change favours either. */
#define ORDER 0x96u

void marginal_begin(struct marginal *marginal, uint64_t seed, unsigned fewer, unsigned more)
{
    *marginal =
        (struct marginal){.fewer = fewer, .more = more, .least_fewer_tsc = INT64_MAX, .least_more_tsc = INT64_MAX};
    prng_seed(&marginal->prng, seed);
}

static void keep_least(int64_t *least_tsc, int64_t value_tsc)
{
    if (value_tsc < *least_tsc)
        *least_tsc = value_tsc;
}

int64_t marginal_take(struct marginal *marginal, marginal_time_fn time, void *owner)
{
    int64_t fewer_tsc = INT64_MAX, more_tsc = INT64_MAX;

    marginal->more_first = marginal->second ? !marginal->more_first : prng_next(&marginal->prng) >> 63;
    marginal->second = !marginal->second;
    for (unsigned i = 0; i < MARGINAL_TIMINGS; i++) {
        bool other = (ORDER >> i) & 1;

        if (other != marginal->more_first)
            keep_least(&more_tsc, time(owner, marginal->more));
        else
            keep_least(&fewer_tsc, time(owner, marginal->fewer));
    }
    keep_least(&marginal->least_more_tsc, more_tsc);
    keep_least(&marginal->least_fewer_tsc, fewer_tsc);
    return (more_tsc - fewer_tsc) * MARGINAL_FRACTION / (int64_t)(marginal->more - marginal->fewer);
}

int64_t marginal_least(const struct marginal *marginal)
{
    if (marginal->least_more_tsc == INT64_MAX)
        return 0;
    return (marginal->least_more_tsc - marginal->least_fewer_tsc) * MARGINAL_FRACTION /
           (int64_t)(marginal->more - marginal->fewer);
}
