/* SPDX-License-Identifier: MIT */
/*
 * Series whose dependence is known, for the tests of lib/dependence*.c. Include it once in a program: the series lie in
 * arrays of the file.
 */
#ifndef LAB_TESTS_UNIT_DEPENDENT_SERIES_H
#define LAB_TESTS_UNIT_DEPENDENT_SERIES_H

#include <math.h>
#include <string.h>

#include "lib/dependence.h"
#include "lib/prng.h"

enum { N = 2000, P50 = QUANTILE_P50, P90 = 3, P99 = QUANTILE_P99 };

static int64_t arrived[N], sorted[N];

/* Between 0 and 1. */
static inline double uniform(struct prng *prng)
{
    return ((double)(prng_next(prng) >> 11) + 0.5) / 9007199254740992.0;
}

static inline double normal(struct prng *prng)
{
    return sqrt(-2 * log(uniform(prng))) * cos(6.283185307179586 * uniform(prng));
}

struct process {
    const char *name;
    double phi;         /* of an autoregressive process of first order */
    double stay, share; /* of two levels: samples of a visit to the slow one, share of all samples there */
    double ramp;        /* the last sample is so much slower than the first one, as a share */
};

static inline void play_levels(struct prng *prng, const struct process *process, int64_t *values, size_t n)
{
    bool slow = uniform(prng) < process->share;

    for (size_t i = 0; i < n; slow = !slow) {
        double stay = slow ? process->stay : process->stay * (1 - process->share) / process->share;

        do
            values[i++] = (int64_t)((slow ? 2e6 : 1e6) * exp(0.03 * normal(prng)));
        while (i < n && uniform(prng) > 1 / stay);
    }
}

/* n values of a process, in order of arrival. */
static inline void play(struct prng *prng, const struct process *process, int64_t *values, size_t n)
{
    double state = normal(prng) / sqrt(1 - process->phi * process->phi);

    if (process->stay > 0) {
        play_levels(prng, process, values, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        values[i] = (int64_t)((1e6 + 1e5 * state) * (1 + process->ramp * (double)i / (double)n));
        state = process->phi * state + normal(prng);
    }
}

/* What is said of the first n values of `arrived`. */
static inline struct dependence judge(size_t n)
{
    memcpy(sorted, arrived, n * sizeof(sorted[0]));
    return dependence_of(arrived, sorted, n);
}

/* A glimpse of another level, of `length` samples in `n`, in a series without order. */
static inline struct dependence glimpse(struct prng *prng, size_t n, size_t length)
{
    for (size_t i = 0; i < n; i++)
        arrived[i] = (int64_t)prng_below(prng, 1000000) + (i >= n / 3 && i < n / 3 + length ? 2000000 : 0);
    return judge(n);
}

#endif /* LAB_TESTS_UNIT_DEPENDENT_SERIES_H */
