/* SPDX-License-Identifier: MIT */
#include "lib/fixed.c"

#include "tests/proof/proof.h"

void prove_root(void)
{
    uint16_t number = (uint16_t)nondet_u32();
    uint32_t root = isqrt_u64(number);

    assert(root * root <= number && (root + 1) * (root + 1) > number);
}

/* All numbers: no shift, division or loop is out of its range, and a quotient that does not fit is said. */
void prove_safe(void)
{
    uint64_t result;

    if (!muldiv_u64_checked(nondet_u64(), nondet_u64(), nondet_u64(), &result))
        assert(result == UINT64_MAX);
    tsc_to_ns(nondet_i64(), nondet_u64());
}

/* Three bits at `place`, and 1 where `odd` is set: a divisor whose low half counts as well. */
static uint64_t at(unsigned place, bool odd)
{
    return (uint64_t)(nondet_u8() & 7) << place | odd;
}

static void value(uint64_t a, uint64_t b, uint64_t c)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    uint64_t result;

    if (!muldiv_u64_checked(a, b, c, &result)) {
        assert(c == 0 || product >> 64 >= c);
        return;
    }
    product -= (unsigned __int128)result * c;
    assert(product < c);
}

void prove_value(void)
{
    for (unsigned a = 0; a < 62; a += 30)
        for (unsigned c = 0; c < 62; c += 30)
            value(at(a, false), at(60, false), at(c, c > 0));
}
