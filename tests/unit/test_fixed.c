/* SPDX-License-Identifier: MIT */
/* lib/fixed.c against the host's 128-bit division and 60-digit decimal arithmetic. */
#include "tests/unit/tap.h"

#include "lib/fixed.h"
#include "lib/prng.h"
#include "tests/golden/fixed_vectors.h"

enum {
    ROUNDS = 200000,
    LOG2_COUNT = sizeof(LOG2_VECTORS) / sizeof(LOG2_VECTORS[0]),
    EXP2_COUNT = sizeof(EXP2_VECTORS) / sizeof(EXP2_VECTORS[0]),
};

/* Numbers of every size, and with long runs of equal bits, where long division goes wrong. */
static uint64_t any_number(struct prng *prng)
{
    uint64_t value = prng_next(prng) >> prng_below(prng, 64);

    switch (prng_below(prng, 4)) {
    case 0:
        return ~(prng_next(prng) >> prng_below(prng, 64));
    case 1:
        return value << prng_below(prng, 64);
    default:
        return value;
    }
}

static bool muldiv_agrees(struct prng *prng)
{
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t a = any_number(prng);
        uint64_t b = any_number(prng);
        uint64_t c = any_number(prng);
        unsigned __int128 product = (unsigned __int128)a * b;
        unsigned __int128 down = c ? product / c : (unsigned __int128)UINT64_MAX + 1;
        unsigned __int128 near = c ? (product + c / 2) / c : down;
        uint64_t got;
        bool fits = muldiv_u64_checked(a, b, c, &got);

        if (fits != (down <= UINT64_MAX) || got != (fits ? (uint64_t)down : UINT64_MAX) || muldiv_u64(a, b, c) != got ||
            muldiv_round_u64(a, b, c) != (near <= UINT64_MAX ? (uint64_t)near : UINT64_MAX)) {
            printf("# %#llx * %#llx / %#llx\n", (unsigned long long)a, (unsigned long long)b, (unsigned long long)c);
            return false;
        }
    }
    return true;
}

static bool isqrt_is_floor(struct prng *prng)
{
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t value = any_number(prng);
        unsigned __int128 root = isqrt_u64(value);

        if (root * root > value || (root + 1) * (root + 1) <= value)
            return false;
    }
    return true;
}

static void check_time(void)
{
    TAP_INT(tsc_to_ns(3000000000, 3000000000u), 1000000000, "one_second_of_ticks");
    TAP_INT(tsc_to_ns(-3, 2000000000), -2, "half_a_nanosecond_rounds_away_from_zero");
    TAP_INT(tsc_to_ns(3, 2000000000), 2, "also_above_zero");
    TAP_INT(tsc_to_ns(1, 3000000000u), 0, "a_third_rounds_to_zero");
    TAP_INT(tsc_to_ns(INT64_MAX, 1000), INT64_MAX, "too_long_saturates");
    TAP_INT(tsc_to_ns(INT64_MIN, 1000), INT64_MIN, "too_long_saturates_below_zero");
    TAP_INT(tsc_to_ns(INT64_MIN, 1000000000), INT64_MIN, "the_least_number_survives");
    TAP_INT(tsc_to_ns(5, 0), INT64_MAX, "no_frequency_saturates");
}

static void check_logarithms(void)
{
    bool logs = true;
    bool exps = true;

    for (int i = 0; i < LOG2_COUNT; i++) {
        uint64_t got = log2_q32(LOG2_VECTORS[i].in);

        logs &= got <= LOG2_VECTORS[i].out && LOG2_VECTORS[i].out - got <= 1;
    }
    for (int i = 0; i < EXP2_COUNT; i++) {
        uint64_t got = exp2_q32(EXP2_VECTORS[i].in);
        uint64_t want = EXP2_VECTORS[i].out;
        uint64_t apart = got > want ? got - want : want - got;

        /* 32 roundings in Q63; a small value must come out as rounded by hand. */
        exps &= apart <= want >> 56;
    }
    TAP_OK(logs, "log2_vectors");
    TAP_OK(exps, "exp2_vectors");
    TAP_INT(log2_q32(0), 0, "log2_of_nothing");
    TAP_INT(log2_q32(UINT64_C(1) << 63), 63 * (long long)FIXED_Q32_ONE, "log2_of_a_power");
    TAP_OK(exp2_q32(64 * FIXED_Q32_ONE) == UINT64_MAX, "exp2_saturates");
    TAP_OK(exp2_q32(UINT64_MAX) == UINT64_MAX, "exp2_of_the_largest");
}

int main(void)
{
    struct prng prng;

    prng_seed(&prng, 4);
    TAP_OK(muldiv_agrees(&prng), "muldiv_as_the_host");
    TAP_OK(isqrt_is_floor(&prng), "isqrt_is_the_floor");
    TAP_INT(isqrt_u64(UINT64_MAX), UINT32_MAX, "isqrt_of_the_largest");
    check_time();
    check_logarithms();
    return tap_done();
}
