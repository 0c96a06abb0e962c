/* SPDX-License-Identifier: MIT */
/* Written by tests/golden/make_vectors.py; do not edit. */
#ifndef LAB_TESTS_GOLDEN_CRC_VECTORS_H
#define LAB_TESTS_GOLDEN_CRC_VECTORS_H

#include <stdint.h>

struct crc_vector {
    uint32_t bytes;
    uint32_t step;
    uint32_t crc32;
    uint32_t crc16;
    uint32_t adler32;
};

static const struct crc_vector CRC_VECTORS[] = {
    {0, 1, 0x0, 0xffff, 0x1},
    {1, 7, 0xd202ef8d, 0xe1f0, 0x10001},
    {2, 255, 0x6cdbfd72, 0x3ff, 0x1010100},
    {9, 31, 0x76e8e6da, 0x1f6d, 0xe91045d},
    {255, 1, 0xd32f9ba0, 0xe3ec, 0x2e757e82},
    {5552, 255, 0x17e5a6e7, 0x188b, 0xa426e8ef},
    {5553, 255, 0x87102c04, 0x42cc, 0x8d74e93f},
    {70000, 251, 0x1a8a76f6, 0xc3ac, 0xb3203a11},
};

#endif
