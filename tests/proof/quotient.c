/* SPDX-License-Identifier: MIT */
/*
 * The long division of 128 by 64 bits, all inputs, with a stand-in for divide_digit() that gives any digit and any rest
 * that its header allows. tests/proof/digit.c proves that header, for narrower digits. Proved is that the two steps are
 * those of the school's division of value * 2^shift by D = divisor * 2^shift:
 *
 *   value * 2^shift = (first rest * 2^32 + next digit 1) * 2^32 + next digit 2
 *                   = (digit 1 * D + rest 1) * 2^32 + next digit 2     by the header
 *                   = (digit 1 * 2^32 + digit 2) * D + rest 2          by the header: step 2 begins with rest 1
 *
 * So the value is quotient * divisor + rest 2 / 2^shift, whose last term is below the divisor as rest 2 is below D.
 * This algebra is not CBMC's: products of 64 bits are beyond a SAT solver.
 */
#include "lib/fixed.c"

#include "tests/proof/proof.h"

typedef unsigned __int128 wide_t;

static unsigned steps;
static uint64_t first_rest, last_rest, shifted_divisor, next_digits[2], digits[2];

uint64_t divide_digit(uint64_t *rest, uint64_t next_digit, uint64_t divisor)
{
    assert(steps < 2 && *rest < divisor && next_digit <= DIGIT_MAX && divisor >> 63);
    if (steps == 0) {
        first_rest = *rest;
        shifted_divisor = divisor;
    }
    assert(divisor == shifted_divisor && (steps == 0 || *rest == last_rest));
    last_rest = nondet_u64();
    ASSUME(last_rest < divisor);
    *rest = last_rest;
    next_digits[steps] = next_digit;
    digits[steps] = nondet_u64() & DIGIT_MAX;
    return digits[steps++];
}

void prove_divide(void)
{
    struct wide value = {nondet_u64(), nondet_u64()};
    uint64_t divisor = nondet_u64(), quotient;
    wide_t whole = (wide_t)value.high << 64 | value.low;
    unsigned shift;

    ASSUME(0 < value.high && value.high < divisor); /* below 2^64 the quotient is C's own */
    quotient = divide(value, divisor);
    shift = (unsigned)__builtin_clzll(divisor);
    assert(steps == 2 && shifted_divisor == divisor << shift && whole << shift >> shift == whole);
    assert(((wide_t)first_rest << 64 | next_digits[0] << DIGIT_BITS | next_digits[1]) == whole << shift);
    assert(quotient == (digits[0] << DIGIT_BITS | digits[1]));
}
