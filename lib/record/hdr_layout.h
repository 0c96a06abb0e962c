/* SPDX-License-Identifier: MIT */
/*
 * The bytes of an encoded histogram, shared by encoder and decoder (hdr_codec.h). Big-endian except the zlib block
 * headers.
 *
 *   compressed cookie | length of zlib stream | 78 01 | blocks | Adler-32 of all data
 *   block = final bit | length (LE) | ~length (LE) | a piece of the data
 *   data = cookie | payload length | offset 0 | digits | lowest (8) | highest (8) | ratio (8) |
 *          counters
 *
 * A counter is a ZigZag LEB128 integer of at most 9 bytes (the ninth holds 8 bits); -z stands for a run of z zero
 * counters.
 */
#ifndef LAB_LIB_RECORD_HDR_LAYOUT_H
#define LAB_LIB_RECORD_HDR_LAYOUT_H

#include <stdint.h>

#define HDR_COOKIE_COMPRESSED UINT32_C(0x1c849314)
#define HDR_COOKIE            UINT32_C(0x1c849313)
#define HDR_RATIO_ONE         UINT64_C(0x3ff0000000000000) /* 1.0 in IEEE 754 */

enum {
    HDR_HEADER_BYTES = 40,    /* of the data, before the counters */
    HDR_WRAP_BYTES = 8,       /* compressed cookie and length */
    HDR_ZLIB_BYTES = 2,       /* CMF and FLG */
    HDR_BLOCK_HEAD_BYTES = 5, /* final bit and type, length, its complement */
    HDR_ADLER_BYTES = 4,
    HDR_BLOCK_MAX = 65535, /* bytes of data in one stored block */
    HDR_ZLIB_CMF = 0x78,   /* deflate, 32 KiB window */
    HDR_ZLIB_FLG = 0x01,   /* no dictionary, fastest; makes CMF:FLG a multiple of 31 */
    HDR_COUNTER_MAX = 9,   /* bytes of one encoded counter */
};

#endif
