/* SPDX-License-Identifier: MIT */
#include "lib/prng.h"

#include "lib/fixed.h"

static uint64_t rotate_left(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

/* G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014. */
uint64_t splitmix64(uint64_t *state)
{
    uint64_t mixed = *state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

void prng_seed(struct prng *prng, uint64_t seed)
{
    for (unsigned i = 0; i < 4; i++)
        prng->state[i] = splitmix64(&seed);
}

uint64_t prng_next(struct prng *prng)
{
    uint64_t *state = prng->state;
    uint64_t result = rotate_left(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;

    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return result;
}

/* D. Lemire, "Fast random integer generation in an interval", 2019: the high half of a product. */
uint64_t prng_below(struct prng *prng, uint64_t bound)
{
    unsigned __int128 product = (unsigned __int128)prng_next(prng) * bound;

    if (bound && (uint64_t)product < bound) {
        uint64_t unfair = (0 - bound) % bound; /* 2^64 mod bound low halves come once too often */

        while ((uint64_t)product < unfair)
            product = (unsigned __int128)prng_next(prng) * bound;
    }
    return (uint64_t)(product >> 64);
}

uint64_t prng_range(struct prng *prng, uint64_t low, uint64_t high)
{
    if (high - low == UINT64_MAX)
        return prng_next(prng);
    return low + prng_below(prng, high - low + 1);
}

uint64_t prng_log_range(struct prng *prng, uint64_t low, uint64_t high)
{
    uint64_t value = exp2_q32(prng_range(prng, log2_q32(low), log2_q32(high)));

    if (value < low)
        return low;
    return value > high ? high : value;
}
