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
