/* SPDX-License-Identifier: MIT */
/*
 * Raw samples as text: the member `d` of a `raw` record (docs/record-format.md, "Raw samples"). Any context; reentrant.
 */
#ifndef LAB_LIB_RECORD_RAW_H
#define LAB_LIB_RECORD_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/record/sample.h"

enum {
    RAW_TEXT_MAX = 152,                    /* characters of d, so that the record stays within 200 */
    RAW_TEXT_BYTES = RAW_TEXT_MAX + 1,     /* a buffer for them */
    RAW_DATA_MAX = RAW_TEXT_MAX / 4 * 3,   /* bytes before base64 */
    RAW_SAMPLE_MAX = 50,                   /* the longest sample: five integers of ten bytes */
    RAW_PER_RECORD_MAX = RAW_DATA_MAX / 5, /* the shortest sample has five bytes */
};

/* Writes as many of the count samples as one record holds (at least one when count > 0) and returns their number. */
size_t raw_encode(char text[RAW_TEXT_BYTES], const struct sample *samples, size_t count);

/*
 * Reads one record's d. Fills stamps, reject, cause and flags of at most `limit` samples, the rest of each is zero.
 * False when the text is not whole base64, an integer is cut or over 64 bits, flags has an unknown bit, or there are
 * more than `limit` samples.
 */
bool raw_decode(const char *text, size_t length, struct sample *samples, size_t limit, size_t *count);

#endif
