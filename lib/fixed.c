/* SPDX-License-Identifier: MIT */
#include "lib/fixed.h"

#include "lib/divide_digit.h"

#define NS_PER_SECOND UINT64_C(1000000000)

struct wide {
    uint64_t high;
    uint64_t low;
};

static struct wide multiply(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (struct wide){(uint64_t)(product >> 64), (uint64_t)product};
}

/*
 * 128 by 64 bits, high < divisor: D. Knuth, The Art of Computer Programming, vol. 2, 4.3.1, algorithm D, with digits of
 * 32 bits. The compiler would call its run-time library for it, which a freestanding image lacks.
 */
static uint64_t divide(struct wide value, uint64_t divisor)
{
    unsigned shift;
    uint64_t rest;
    uint64_t digits;

    if (value.high == 0)
        return value.low / divisor;
    shift = (unsigned)__builtin_clzll(divisor);
    divisor <<= shift;
    rest = value.high << shift;
    if (shift)
        rest |= value.low >> (64 - shift);
    value.low <<= shift;
    digits = divide_digit(&rest, value.low >> DIGIT_BITS, divisor) << DIGIT_BITS;
    return digits | divide_digit(&rest, value.low & DIGIT_MAX, divisor);
}

bool muldiv_u64_checked(uint64_t a, uint64_t b, uint64_t c, uint64_t *result)
{
    struct wide product = multiply(a, b);

    /* With c = 0 no high part is below c, so that case is caught here too. */
    if (product.high >= c) {
        *result = UINT64_MAX;
        return false;
    }
    *result = divide(product, c);
    return true;
}

uint64_t muldiv_u64(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t result;

    muldiv_u64_checked(a, b, c, &result);
    return result;
}

uint64_t muldiv_round_u64(uint64_t a, uint64_t b, uint64_t c)
{
    struct wide product = multiply(a, b);
    uint64_t half = c / 2;

    product.high += product.low + half < half; /* carry of the next line's sum */
    product.low += half;
    return product.high >= c ? UINT64_MAX : divide(product, c);
}

int64_t tsc_to_ns(int64_t ticks_tsc, uint64_t hz)
{
    uint64_t magnitude = ticks_tsc < 0 ? 0 - (uint64_t)ticks_tsc : (uint64_t)ticks_tsc;
    uint64_t scaled = muldiv_round_u64(magnitude, NS_PER_SECOND, hz);

    if (ticks_tsc < 0)
        return scaled > INT64_MAX ? INT64_MIN : -(int64_t)scaled;
    return scaled > INT64_MAX ? INT64_MAX : (int64_t)scaled;
}

/*
 * Bit by bit: squaring a number between 1 and 2 doubles its logarithm, whose whole part is then the next bit of the
 * fraction. The number is kept in Q63, so 32 roundings cost less than 2^-57.
 */
uint64_t log2_q32(uint64_t value)
{
    unsigned whole;
    uint64_t fraction = 0;

    if (value == 0)
        return 0;
    whole = 63 - (unsigned)__builtin_clzll(value);
    value <<= 63 - whole;
    for (int bit = 0; bit < 32; bit++) {
        struct wide square = multiply(value, value); /* Q126, 1 to 4 */

        fraction <<= 1;
        if (square.high >> 63) {
            fraction |= 1;
            value = square.high;
        } else {
            value = square.high << 1 | square.low >> 63;
        }
    }
    return (uint64_t)whole << 32 | fraction;
}

/* 2^(1/2), 2^(1/4), 2^(1/8) ... 2^(2^-32) in Q63, rounded to nearest. */
static const uint64_t ROOTS_OF_TWO[32] = {
    0xb504f333f9de6484, 0x9837f0518db8a96f, 0x8b95c1e3ea8bd6e7, 0x85aac367cc487b15, 0x82cd8698ac2ba1d7,
    0x8164d1f3bc030773, 0x80b1ed4fd999ab6c, 0x8058d7d2d5e5f6b1, 0x802c6436d0e04f51, 0x8016302f17467628,
    0x800b179c82028fd1, 0x80058baf7fee3b5d, 0x8002c5d00fdcfcb7, 0x800162e61bed4a49, 0x8000b17292f702a4,
    0x800058b92abbae02, 0x80002c5c8dade4d7, 0x8000162e44eaf636, 0x80000b1721fa7c19, 0x8000058b90de7e4d,
    0x800002c5c8678f37, 0x80000162e431dba0, 0x800000b1721872d1, 0x80000058b90c1aa9, 0x8000002c5c8605a4,
    0x800000162e4300e6, 0x8000000b17217ff8, 0x800000058b90bfdd, 0x80000002c5c85fe7, 0x8000000162e42ff2,
    0x80000000b17217f8, 0x8000000058b90bfc,
};

uint64_t exp2_q32(uint64_t exponent_q32)
{
    uint64_t whole = exponent_q32 >> 32;
    uint64_t value = UINT64_C(1) << 63; /* 1.0 in Q63 */

    if (whole > 63)
        return UINT64_MAX;
    for (unsigned bit = 0; bit < 32; bit++) {
        if (exponent_q32 >> (31 - bit) & 1) {
            struct wide product = multiply(value, ROOTS_OF_TWO[bit]); /* below 2 in Q126 */

            value = product.high << 1 | product.low >> 63;
        }
    }
    if (whole == 63)
        return value;
    return (value >> (63 - whole)) + (value >> (62 - whole) & 1);
}

/* Digit by digit in base 4, as by hand. */
uint32_t isqrt_u64(uint64_t value)
{
    uint64_t root = 0;

    for (uint64_t bit = UINT64_C(1) << 62; bit; bit >>= 2) {
        if (value >= root + bit) {
            value -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    return (uint32_t)root;
}
