/* SPDX-License-Identifier: MIT */
#include "lib/crc.h"

enum {
    CRC32_NIBBLES = 16,
    CRC16_START = 0xffff,
    CRC16_POLYNOMIAL = 0x1021,
    ADLER32_MODULUS = 65521,  /* the largest prime below 2^16 */
    ADLER32_RUN_BYTES = 5552, /* the most bytes whose sums stay in 32 bits (zlib's NMAX) */
};

/* Remainders of the sixteen 4-bit values by the reflected polynomial EDB88320h. */
static const uint32_t CRC32_TABLE[CRC32_NIBBLES] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

uint32_t crc32_update(uint32_t crc, const void *data, size_t bytes)
{
    const uint8_t *at = data;

    crc = ~crc;
    for (; bytes; bytes--, at++) {
        crc ^= *at;
        crc = crc >> 4 ^ CRC32_TABLE[crc & 15];
        crc = crc >> 4 ^ CRC32_TABLE[crc & 15];
    }
    return ~crc;
}

uint16_t crc16_ccitt(const void *data, size_t bytes)
{
    const uint8_t *at = data;
    uint32_t crc = CRC16_START;

    for (; bytes; bytes--, at++) {
        crc ^= (uint32_t)*at << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x8000 ? crc << 1 ^ CRC16_POLYNOMIAL : crc << 1;
    }
    return (uint16_t)crc;
}

uint32_t adler32_update(uint32_t adler, const void *data, size_t bytes)
{
    const uint8_t *at = data;
    uint32_t low = adler & 0xffff;
    uint32_t high = adler >> 16;

    while (bytes) {
        size_t run = bytes < ADLER32_RUN_BYTES ? bytes : ADLER32_RUN_BYTES;

        bytes -= run;
        while (run--) {
            low += *at++;
            high += low;
        }
        low %= ADLER32_MODULUS;
        high %= ADLER32_MODULUS;
    }
    return high << 16 | low;
}
