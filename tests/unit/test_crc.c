/* SPDX-License-Identifier: MIT */
/* lib/crc.c against the published check values and vectors of Python's zlib and binascii. */
#include "tests/unit/tap.h"

#include <stdlib.h>

#include "lib/crc.h"
#include "tests/golden/crc_vectors.h"

enum { VECTOR_COUNT = sizeof(CRC_VECTORS) / sizeof(CRC_VECTORS[0]), BYTES_MAX = 70000 };

static unsigned char data[BYTES_MAX];

static void fill(const struct crc_vector *vector)
{
    for (uint32_t i = 0; i < vector->bytes; i++)
        data[i] = (unsigned char)(i * vector->step);
}

/* The same sums in pieces of random length. */
static bool pieces_agree(const struct crc_vector *vector)
{
    uint32_t crc = 0;
    uint32_t adler = ADLER32_START;

    for (size_t at = 0; at < vector->bytes;) {
        size_t piece = 1 + (size_t)rand() % (vector->bytes - at);

        crc = crc32_update(crc, data + at, piece);
        adler = adler32_update(adler, data + at, piece);
        at += piece;
    }
    return crc == vector->crc32 && adler == vector->adler32;
}

/* The largest sums that may stand before and the largest bytes: a run as long as it may be does not pass 32 bits. */
static bool largest_run_agrees(void)
{
    uint32_t low = 65520, high = 65520;

    memset(data, 0xff, sizeof(data));
    for (size_t i = 0; i < sizeof(data); i++) {
        low = (low + 0xff) % 65521;
        high = (high + low) % 65521;
    }
    return adler32_update(65520u << 16 | 65520u, data, sizeof(data)) == (high << 16 | low);
}

int main(void)
{
    TAP_OK(largest_run_agrees(), "adler32_largest_run");
    TAP_INT(crc32_update(0, "123456789", 9), 0xcbf43926, "crc32_check_value");
    TAP_INT(crc16_ccitt("123456789", 9), 0x29b1, "crc16_check_value");
    TAP_INT(adler32_update(ADLER32_START, "Wikipedia", 9), 0x11e60398, "adler32_known_value");
    for (int i = 0; i < VECTOR_COUNT; i++) {
        const struct crc_vector *vector = &CRC_VECTORS[i];

        fill(vector);
        TAP_INT(crc32_update(0, data, vector->bytes), vector->crc32, "crc32_vector");
        TAP_INT(crc16_ccitt(data, vector->bytes), vector->crc16, "crc16_vector");
        TAP_INT(adler32_update(ADLER32_START, data, vector->bytes), vector->adler32, "adler32_vector");
        TAP_OK(pieces_agree(vector), "pieces_give_the_same_sums");
    }
    return tap_done();
}
