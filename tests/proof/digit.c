/* SPDX-License-Identifier: MIT */
/*
 * A step of the long division, all inputs, with digits of 5 bits in place of 32; the code is the same. What follows
 * from it for the whole quotient stands in tests/proof/quotient.c.
 */
#define DIGIT_BITS 5
#include "lib/divide_digit.c"

#include "tests/proof/proof.h"

void prove_digit(void)
{
    uint64_t top_bit = UINT64_C(1) << (2 * DIGIT_BITS - 1);
    uint64_t divisor = top_bit | (nondet_u64() & (top_bit - 1));
    uint64_t next_digit = nondet_u64() & DIGIT_MAX;
    uint64_t rest = nondet_u64() & (2 * top_bit - 1), whole = rest << DIGIT_BITS | next_digit, digit;

    ASSUME(rest < divisor);
    digit = divide_digit(&rest, next_digit, divisor);
    assert(digit <= DIGIT_MAX && rest < divisor && digit * divisor + rest == whole);
}
