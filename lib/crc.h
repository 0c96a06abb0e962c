/* SPDX-License-Identifier: MIT */
/*
 * The three checksums of the record format: CRC-32 of records, CRC-16 of KTAP lines, Adler-32 of the zlib stream of a
 * histogram.
 *
 * Any context; reentrant.
 */
#ifndef LAB_LIB_CRC_H
#define LAB_LIB_CRC_H

#include <stddef.h>
#include <stdint.h>

enum { ADLER32_START = 1 };

/* CRC-32 (IEEE 802.3; the same as zlib's crc32): start with crc = 0, pass the result on for the next piece. */
uint32_t crc32_update(uint32_t crc, const void *data, size_t bytes);

/* This one, or one of the host's that computes the same faster. */
typedef uint32_t crc32_function(uint32_t crc, const void *data, size_t bytes);

/* CRC-16/CCITT-FALSE: polynomial 1021h, start FFFFh, not reflected, no final exclusive-or. */
uint16_t crc16_ccitt(const void *data, size_t bytes);

/* Adler-32 (RFC 1950, section 8): start with ADLER32_START, pass the result on for the next piece. */
uint32_t adler32_update(uint32_t adler, const void *data, size_t bytes);

#endif
