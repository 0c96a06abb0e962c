/* SPDX-License-Identifier: MIT */
/*
 * Random numbers that repeat: xoshiro256** (D. Blackman, S. Vigna, 2018) seeded by SplitMix64. The same seed gives the
 * same run on every machine. Not for secrets. One owner per generator; any context.
 */
#ifndef LAB_LIB_PRNG_H
#define LAB_LIB_PRNG_H

#include <stdint.h>

struct prng {
    uint64_t state[4];
};

/* The next value of SplitMix64; also a good hash of a number. */
uint64_t splitmix64(uint64_t *state);

/* Starts a generator; every seed is good, 0 too. */
void prng_seed(struct prng *prng, uint64_t seed);

/* Uniform over all 64-bit values. */
uint64_t prng_next(struct prng *prng);

/* Uniform over 0 to bound - 1, without bias; 0 when bound is 0. */
uint64_t prng_below(struct prng *prng, uint64_t bound);

/* Uniform over low to high, both included (low <= high). */
uint64_t prng_range(struct prng *prng, uint64_t low, uint64_t high);

/* Log-uniform over low to high, both included (1 <= low <= high): each octave is as likely as any other. */
uint64_t prng_log_range(struct prng *prng, uint64_t low, uint64_t high);

#endif
