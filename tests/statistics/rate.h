/* SPDX-License-Identifier: MIT */
/*
 * What the simulations of this folder share: seeded draws, and lines of TAP that say a rate, its goal and how many
 * trials it has. One program a topic; without an argument it runs the whole, with --quick in a minute.
 */
#ifndef LAB_TESTS_STATISTICS_RATE_H
#define LAB_TESTS_STATISTICS_RATE_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/prng.h"

struct rates {
    bool quick;
    unsigned lines, failed;
};

static inline struct rates rates_begin(int argc, char **argv)
{
    return (struct rates){argc > 1 && strcmp(argv[1], "--quick") == 0, 0, 0};
}

/* Trials: so many in a quick run, else `factor` times as many. */
static inline unsigned rate_trials(const struct rates *rates, unsigned quick, unsigned factor)
{
    return rates->quick ? quick : quick * factor;
}

/*
 * What a rate may be beside its goal by chance: 1.64 standard deviations, one case in twenty; three in a quick run,
 * whose few trials only find what is broken.
 */
static inline double rate_margin(const struct rates *rates, double goal, unsigned n)
{
    return (rates->quick ? 3 : 1.64) * sqrt(goal * (1 - goal) / n);
}

/* So many or fewer of n have a chance of one in 20 at this rate: its upper bound by 95 % (C. Clopper, E. Pearson). */
static inline double rate_upper(unsigned hits, unsigned n)
{
    double low = 0, high = 1;

    for (unsigned i = 0; i < 50 && hits < n; i++) {
        double rate = (low + high) / 2, term = n * log1p(-rate), chance = exp(term);

        for (unsigned k = 1; k <= hits; k++) {
            term += log((double)(n - k + 1) / k) + log(rate) - log1p(-rate);
            chance += exp(term);
        }
        *(chance > 0.05 ? &low : &high) = rate;
    }
    return high;
}

static inline void rate_line(struct rates *rates, bool good, const char *what, unsigned hits, unsigned n,
                             const char *goal)
{
    rates->lines++;
    rates->failed += !good;
    printf("%sok %u - %s: %.1f %% of %u (goal: %s)\n", good ? "" : "not ", rates->lines, what, 100.0 * hits / n, n,
           goal);
    fflush(stdout);
}

/* The rate is at most the goal, or above it by no more than chance allows. */
static inline void rate_at_most(struct rates *rates, const char *what, unsigned hits, unsigned n, double goal)
{
    char words[64];
    snprintf(words, sizeof(words), "at most %g %% and %.1f by chance", 100 * goal, 100 * rate_margin(rates, goal, n));
    rate_line(rates, (double)hits / n <= goal + rate_margin(rates, goal, n), what, hits, n, words);
}

static inline void rate_at_least(struct rates *rates, const char *what, unsigned hits, unsigned n, double goal)
{
    char words[64];
    snprintf(words, sizeof(words), "at least %g %% less %.1f by chance", 100 * goal, 100 * rate_margin(rates, goal, n));
    rate_line(rates, (double)hits / n >= goal - rate_margin(rates, goal, n), what, hits, n, words);
}

static inline int rates_end(const struct rates *rates)
{
    printf("1..%u\n", rates->lines);
    return rates->failed > 0;
}

/* The seed of a trial. STATISTICS_SEED=N of the environment moves all of them: hosts that nobody has seen. */
static inline uint64_t rate_seed(uint64_t seed)
{
    const char *other = getenv("STATISTICS_SEED");
    return seed + (other ? strtoull(other, NULL, 10) * UINT64_C(1000003) : 0);
}

/* Uniform over 0 to 1, neither included. */
static inline double draw_uniform(struct prng *prng)
{
    return ((double)(prng_next(prng) >> 11) + 0.5) / 9007199254740992.0;
}

/* Of mean 0 and standard deviation 1 (G. E. P. Box, M. E. Muller, 1958). */
static inline double draw_normal(struct prng *prng)
{
    double radius = sqrt(-2 * log(draw_uniform(prng)));
    return radius * cos(6.283185307179586 * draw_uniform(prng));
}

#endif
