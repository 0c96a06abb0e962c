/* SPDX-License-Identifier: MIT */
/* lib/prng.c against published outputs, and its ranges against what chance allows. */
#include "tests/unit/tap.h"

#include "lib/prng.h"

/* xoshiro256** from the state 1, 2, 3, 4: the vector of the rand_xoshiro project. */
static const uint64_t XOSHIRO[] = {
    UINT64_C(11520),
    UINT64_C(0),
    UINT64_C(1509978240),
    UINT64_C(1215971899390074240),
    UINT64_C(1216172134540287360),
    UINT64_C(607988272756665600),
    UINT64_C(16172922978634559625),
    UINT64_C(8476171486693032832),
    UINT64_C(10595114339597558777),
    UINT64_C(2904607092377533576),
};

static bool outputs_agree(void)
{
    struct prng prng = {{1, 2, 3, 4}};

    for (size_t i = 0; i < sizeof(XOSHIRO) / sizeof(XOSHIRO[0]); i++)
        if (prng_next(&prng) != XOSHIRO[i])
            return false;
    return true;
}

/* Chi-square of draws below 6 with 5 degrees of freedom: over 30 once in 70000 seeds; the seed is fixed. */
static bool is_uniform(struct prng *prng)
{
    enum { DRAWS = 60000, SIDES = 6 };
    long counts[SIDES] = {0};
    double chi = 0;

    for (int i = 0; i < DRAWS; i++)
        counts[prng_below(prng, SIDES)]++;
    for (int i = 0; i < SIDES; i++) {
        double apart = (double)counts[i] - DRAWS / SIDES;

        chi += apart * apart / (DRAWS / SIDES);
    }
    return chi < 30;
}

/*
 * A bound of 3/4 of 2^64 shows the bias of a product without rejection: every third value would have two numbers that
 * lead to it, the others one.
 */
static bool large_bounds_are_fair(struct prng *prng)
{
    enum { DRAWS = 30000 };
    int counts[3] = {0};

    for (int i = 0; i < DRAWS; i++)
        counts[prng_below(prng, UINT64_C(3) << 62) % 3]++;
    for (int i = 0; i < 3; i++)
        if (counts[i] < DRAWS / 3 - 500 || counts[i] > DRAWS / 3 + 500)
            return false;
    return true;
}

static bool ranges_hold(struct prng *prng)
{
    for (int i = 0; i < 20000; i++) {
        uint64_t a = prng_next(prng) >> prng_below(prng, 64);
        uint64_t b = prng_next(prng) >> prng_below(prng, 64);
        uint64_t low = a < b ? a : b;
        uint64_t high = a < b ? b : a;
        uint64_t value = prng_range(prng, low, high);

        if (value < low || value > high)
            return false;
        if (low == 0)
            continue;
        value = prng_log_range(prng, low, high);
        if (value < low || value > high)
            return false;
    }
    return true;
}

/* From 1000 to 1024000 are ten octaves: each must have a tenth, give or take five standard deviations. */
static bool octaves_are_even(struct prng *prng)
{
    enum { DRAWS = 40000, OCTAVES = 10 };
    int counts[OCTAVES + 1] = {0};

    for (int i = 0; i < DRAWS; i++) {
        uint64_t value = prng_log_range(prng, 1000, 1024000);

        counts[63 - __builtin_clzll(value / 1000)]++;
    }
    counts[OCTAVES - 1] += counts[OCTAVES]; /* the upper end itself */
    for (int i = 0; i < OCTAVES; i++)
        if (counts[i] < DRAWS / OCTAVES - 300 || counts[i] > DRAWS / OCTAVES + 300)
            return false;
    return true;
}

int main(void)
{
    struct prng prng;
    uint64_t state = 0;

    TAP_OK(splitmix64(&state) == UINT64_C(0xe220a8397b1dcdaf), "splitmix64_first");
    TAP_OK(splitmix64(&state) == UINT64_C(0x6e789e6aa1b965f4), "splitmix64_second");
    TAP_OK(outputs_agree(), "xoshiro256_outputs");
    prng_seed(&prng, 9);
    TAP_INT(prng_below(&prng, 0), 0, "below_nothing");
    TAP_INT(prng_below(&prng, 1), 0, "below_one");
    TAP_INT(prng_range(&prng, 5, 5), 5, "range_of_one");
    TAP_INT(prng_log_range(&prng, 1, 1), 1, "log_range_of_one");
    TAP_INT(prng_log_range(&prng, 1234567890123, 1234567890123), 1234567890123, "nothing_below_it_by_rounding");
    TAP_OK(prng_range(&prng, 0, UINT64_MAX) != prng_range(&prng, 0, UINT64_MAX), "whole_range");
    TAP_OK(is_uniform(&prng), "uniform");
    TAP_OK(large_bounds_are_fair(&prng), "no_bias_at_large_bounds");
    TAP_OK(ranges_hold(&prng), "ranges");
    TAP_OK(octaves_are_even(&prng), "octaves_are_even");
    return tap_done();
}
