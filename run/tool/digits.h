/* SPDX-License-Identifier: MIT */
/* Numbers as decimal text, for output of many millions of lines: printf takes ten times as long. */
#ifndef LAB_TOOL_DIGITS_H
#define LAB_TOOL_DIGITS_H

#include <stdint.h>

/* Most characters of one number. */
#define DIGITS_MAX 21

/* Writes the number at `at`, without a NUL; returns the place behind it. */
static inline char *digits_put(char *at, uint64_t number)
{
    uint32_t count = 1;
    char *end;

    if (number < 10) {
        *at = (char)('0' + number);
        return at + 1;
    }
    for (uint64_t least = 10; number >= least; least *= 10)
        if (++count == DIGITS_MAX - 1)
            break; /* the next power of ten would not fit */
    end = at + count;
    for (char *to = end; to > at; number /= 10)
        *--to = (char)('0' + number % 10);
    return end;
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
