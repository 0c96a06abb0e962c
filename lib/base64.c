// SPDX-License-Identifier: MIT
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
    for (; bytes; at += 3) {
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
        bytes -= group;
    }
    *out = '\0';
    return length;
}

int base64_value(char character)
{
    if (character >= 'A' && character <= 'Z')
        return character - 'A';
    if (character >= 'a' && character <= 'z')
        return character - 'a' + 26;
    if (character >= '0' && character <= '9')
        return character - '0' + 52;
    if (character == '+')
        return 62;
    return character == '/' ? 63 : -1;
}

/*
 * Bytes that a group of four characters holds (1 to 3) with their bits in *bits, or 0 when it is
 * wrong.
 */
static unsigned read_group(const char *text, uint32_t *bits)
{
    unsigned group = 3;

    if (text[3] == '=')
        group = text[2] == '=' ? 1 : 2;
    *bits = 0;
    for (unsigned i = 0; i < 4; i++) {
        int value = i <= group ? base64_value(text[i]) : 0;

        if (value < 0)
            return 0;
        *bits = *bits << 6 | (uint32_t)value;
    }
    /* Bits past the last byte must be zero, or two texts would mean the same. */
    return *bits & (UINT32_C(0xffffff) >> 8 * group) ? 0 : group;
}

bool base64_decode(void *out, size_t out_bytes, size_t *decoded, const char *text, size_t length)
{
    uint8_t *to = out;
    size_t bytes = 0;
    uint32_t bits;

    if (length % 4)
        return false;
    for (size_t at = 0; at < length; at += 4) {
        unsigned group = read_group(text + at, &bits);

        if (group == 0 || (group < 3 && at + 4 < length) || bytes + group > out_bytes)
            return false;
        for (unsigned i = 0; i < group; i++)
            to[bytes++] = (uint8_t)(bits >> (16 - 8 * i));
    }
    *decoded = bytes;
    return true;
}
