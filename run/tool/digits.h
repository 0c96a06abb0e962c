/* SPDX-License-Identifier: MIT */
/* Numbers as decimal text, for output of many millions of lines: printf takes ten times as long. */
#ifndef LAB_TOOL_DIGITS_H
#define LAB_TOOL_DIGITS_H

#include <stdint.h>
#include <string.h>

/* Most characters of one number; so many may be overwritten where one is put, whatever its length. */
#define DIGITS_MAX 21

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first digit is the lowest byte");

#define DIGITS_EIGHT UINT32_C(100000000) /* the first number with more than eight digits */

/*
 * The digits of a number below DIGITS_EIGHT, a byte each, with zeros in front: all at once, for a loop over numbers of
 * unlike lengths has the processor guess wrong at each of them. Groups of four digits, of two and of one, each divided
 * by multiplication in a field of its own.
 */
static inline uint64_t digits_of(uint32_t number)
{
    uint64_t fours = number / 10000 + ((uint64_t)(number % 10000) << 32);
    uint64_t hundreds = fours * 10486 >> 20 & UINT64_C(0x0000007F0000007F);
    uint64_t twos = hundreds + ((fours - 100 * hundreds) << 16);
    uint64_t tens = twos * 103 >> 10 & UINT64_C(0x000F000F000F000F);

    return tens + ((twos - 10 * tens) << 8);
}

/* Writes eight characters at `at`. */
static inline char *digits_put_text(char *at, uint64_t digits, uint32_t count)
{
    digits |= UINT64_C(0x3030303030303030);
    digits >>= 64 - 8 * count;
    memcpy(at, &digits, sizeof(digits));
    return at + count;
}

/* A number below DIGITS_EIGHT without zeros in front. */
static inline char *digits_put_first(char *at, uint32_t number)
{
    uint64_t digits = digits_of(number);

    return digits_put_text(at, digits, 8 - (uint32_t)__builtin_ctzll(digits | UINT64_C(1) << 56) / 8);
}

/* Writes the number at `at`, without a NUL; returns the place behind it. */
static inline char *digits_put(char *at, uint64_t number)
{
    uint64_t upper;

    if (number < 10) {
        *at = (char)('0' + number);
        return at + 1;
    }
    if (number < DIGITS_EIGHT)
        return digits_put_first(at, (uint32_t)number);
    upper = number / DIGITS_EIGHT;
    if (upper < DIGITS_EIGHT) {
        at = digits_put_first(at, (uint32_t)upper);
    } else {
        at = digits_put_first(at, (uint32_t)(upper / DIGITS_EIGHT));
        at = digits_put_text(at, digits_of((uint32_t)(upper % DIGITS_EIGHT)), 8);
    }
    return digits_put_text(at, digits_of((uint32_t)(number % DIGITS_EIGHT)), 8);
}

static inline char *digits_put_signed(char *at, int64_t number)
{
    if (number < 0)
        *at++ = '-';
    return digits_put(at, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

/* A number of ten thousandths with its four decimals. */
static inline char *digits_put_decimals(char *at, int64_t number)
{
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    if (number < 0)
        *at++ = '-';
    at = digits_put(at, size / 10000);
    size %= 10000;
    *at++ = '.';
    for (uint64_t one = 1000; one; one /= 10)
        *at++ = (char)('0' + size / one % 10);
    return at;
}

#endif
