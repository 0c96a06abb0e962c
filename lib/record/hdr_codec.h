/* SPDX-License-Identifier: MIT */
/*
 * Histograms as text: HdrHistogram's compressed V2 form (cookie 1C849314h) around zlib stored blocks, in base64, cut
 * into parts.
 *
 * Layout: HdrHistogram Java, AbstractHistogram.encodeIntoByteBuffer() and ZigZagEncoding; RFC 1950 and RFC 1951 section
 * 3.2.4. The encoder needs no memory beyond its stack frame (under 400 bytes). Any context.
 */
#ifndef LAB_LIB_RECORD_HDR_CODEC_H
#define LAB_LIB_RECORD_HDR_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/record/hdr.h"

enum { HDR_PART_MAX = 108 }; /* characters of a part; every part but the last has as many */

/* Receives part `part` (from 1) of `parts`: `length` characters of base64 and a NUL. */
typedef void (*hdr_part_fn)(void *ctx, uint32_t part, uint32_t parts, const char *text, size_t length);

/* Gives the whole histogram to `take`, part by part, in order. */
void hdr_encode(const struct hdr *hdr, hdr_part_fn take, void *ctx);

enum hdr_error {
    HDR_OK,
    HDR_BAD_BASE64,
    HDR_CUT,        /* the text ends too early */
    HDR_BAD_COOKIE, /* not a V2 histogram */
    HDR_BAD_ZLIB,   /* a header, block or Adler-32 that is wrong, or a deflated block */
    HDR_BAD_RANGE,  /* not the lab's layout: lowest 1, highest 2^40, 2 or 3 digits, ratio 1 */
    HDR_BAD_COUNTS, /* counters past the end, or negative lengths */
    HDR_NO_MEMORY,  /* `bytes` is too small for the digits that the text asks for */
};

/*
 * Reads what hdr_encode() wrote (all parts joined) into a histogram of 8-byte counters in `memory`. hdr_bytes(3, 8)
 * bytes always suffice.
 */
enum hdr_error hdr_decode(struct hdr *hdr, void *memory, size_t bytes, const char *text, size_t length);

#endif
