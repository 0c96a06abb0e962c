/* SPDX-License-Identifier: MIT */
#include "lib/fixed.c"

#include "tests/proof/proof.h"

void prove_root(void)
{
    uint16_t number = (uint16_t)nondet_u32();
    uint32_t root = isqrt_u64(number);

    assert(root * root <= number && (root + 1) * (root + 1) > number);
}
