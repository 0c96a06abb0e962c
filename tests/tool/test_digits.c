/* SPDX-License-Identifier: MIT */
/* run/tool/digits.h against printf. */
#include <inttypes.h>

#include "lib/prng.h"
#include "run/tool/digits.h"
#include "tests/unit/tap.h"

enum { DRAWS = 200000 };

static bool is_same(uint64_t number)
{
    char text[2 * DIGITS_MAX], expected[2 * DIGITS_MAX];
    int64_t half = (int64_t)number / 2, size = half < 0 ? -half : half;
    bool same;

    *digits_put(text, number) = 0;
    snprintf(expected, sizeof(expected), "%" PRIu64, number);
    same = strcmp(text, expected) == 0;
    *digits_put_signed(text, (int64_t)number) = 0;
    snprintf(expected, sizeof(expected), "%" PRId64, (int64_t)number);
    same &= strcmp(text, expected) == 0;
    *digits_put_decimals(text, half) = 0;
    snprintf(expected, sizeof(expected), "%s%" PRId64 ".%04" PRId64, half < 0 ? "-" : "", size / 10000, size % 10000);
    return same && strcmp(text, expected) == 0;
}

int main(void)
{
    bool edges = is_same(0) && is_same(UINT64_MAX) && is_same(INT64_MAX) && is_same((uint64_t)INT64_MIN), draws = true;
    uint64_t ten = 1;
    struct prng prng;

    for (unsigned digits = 1; digits <= 20; digits++, ten *= 10)
        edges &= is_same(ten - 1) && is_same(ten) && is_same(ten + 1);
    TAP_OK(edges, "powers of ten and the ends of the range");
    prng_seed(&prng, 5);
    for (unsigned i = 0; i < DRAWS; i++)
        draws &= is_same(prng_next(&prng) >> prng_below(&prng, 64));
    TAP_OK(draws, "numbers of all lengths");
    return tap_done();
}
