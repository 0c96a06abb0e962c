/* SPDX-License-Identifier: MIT */
#include "lib/base64.h"

#include <stdint.h>

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_length(size_t bytes)
{
    return (bytes + 2) / 3 * 4;
}

size_t base64_encode(char *out, size_t out_bytes, const void *data, size_t bytes)
{
    const uint8_t *at = data;
    size_t length = base64_length(bytes);

    if (out_bytes < length + 1)
        return 0;
    while (bytes) {
        size_t group = bytes < 3 ? bytes : 3;
        uint32_t bits = (uint32_t)at[0] << 16;

        if (group > 1)
            bits |= (uint32_t)at[1] << 8;
        if (group > 2)
            bits |= at[2];
        *out++ = ALPHABET[bits >> 18];
        *out++ = ALPHABET[bits >> 12 & 63];
        *out++ = group > 1 ? ALPHABET[bits >> 6 & 63] : '=';
        *out++ = group > 2 ? ALPHABET[bits & 63] : '=';
        at += group;
        bytes -= group;
    }
    *out = '\0';
    return length;
}

/* The value of each character of the alphabet plus 1; 0 for all others. */
static const uint8_t VALUES_PLUS_1[UINT8_MAX + 1] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/* Bytes that a group of four characters holds (1 to 3) with their bits in *bits, or 0 when it is wrong. */
static unsigned read_group(const char *text, uint32_t *bits)
{
    unsigned group = 3;

    if (text[3] == '=')
        group = text[2] == '=' ? 1 : 2;
    *bits = 0;
    for (unsigned i = 0; i < 4; i++) {
        int value = i <= group ? VALUES_PLUS_1[(uint8_t)text[i]] - 1 : 0;

        if (value < 0)
            return 0;
        *bits = *bits << 6 | (uint32_t)value;
    }
    /* Bits past the last byte must be zero, or two texts would mean the same. */
    return *bits & (UINT32_C(0xffffff) >> 8 * group) ? 0 : group;
}

/* The three bytes of a group without padding; false when a character is not in the alphabet. */
static inline bool read_whole_group(uint8_t *to, const char *text)
{
    uint32_t a = VALUES_PLUS_1[(uint8_t)text[0]], b = VALUES_PLUS_1[(uint8_t)text[1]];
    uint32_t c = VALUES_PLUS_1[(uint8_t)text[2]], d = VALUES_PLUS_1[(uint8_t)text[3]];
    uint32_t bits = (a << 18) + (b << 12) + (c << 6) + d - 0x41041; /* undoes the 1 that VALUES_PLUS_1 added to each */

    to[0] = (uint8_t)(bits >> 16);
    to[1] = (uint8_t)(bits >> 8);
    to[2] = (uint8_t)bits;
    return a && b && c && d;
}

bool base64_decode(void *out, size_t out_bytes, size_t *decoded, const char *text, size_t length)
{
    uint8_t *to = out;
    size_t bytes = 0;
    uint32_t bits;

    if (length % 4)
        return false;
    /* Only the last group may be padded. */
    for (; length > 4; length -= 4, text += 4, bytes += 3)
        if (bytes + 3 > out_bytes || !read_whole_group(to + bytes, text))
            return false;
    if (length) {
        unsigned group = read_group(text, &bits);

        if (group == 0 || bytes + group > out_bytes)
            return false;
        for (unsigned i = 0; i < group; i++)
            to[bytes++] = (uint8_t)(bits >> (16 - 8 * i));
    }
    *decoded = bytes;
    return true;
}
