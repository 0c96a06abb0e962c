/* SPDX-License-Identifier: MIT */
/*
 * Verdicts: flat KTAP lines with a CRC-16 tail (docs/record-format.md, section 2; Linux
 * Documentation/dev-tools/ktap.rst).
 *
 * Same context as record.h, whose stream carries the lines. The totals line is written by record_end_run() from
 * `counts`.
 */
#ifndef LAB_LIB_RECORD_KTAP_H
#define LAB_LIB_RECORD_KTAP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/record/record.h"

enum {
    KTAP_NAME_MAX = 64,    /* characters of a name */
    KTAP_REASON_MAX = 120, /* characters of a reason that are kept */
};

enum ktap_verdict {
    KTAP_PASS,
    KTAP_FAIL,
    KTAP_SKIP,
    KTAP_ERROR, /* the lab's own failure: `not ok`, counted apart */
};

struct ktap {
    struct record_stream *stream;
    struct record_counts counts;
};

/* The text after the name: a metric when word is set, else a reason when reason is set, else nothing. */
struct ktap_note {
    const char *word; /* one word [a-z0-9_.%], e.g. "p99" */
    int64_t value;
    const char *unit;   /* one word, e.g. "ns" */
    const char *reason; /* why it was skipped; only with KTAP_SKIP */
};

/* Starts the list: zero counts and "KTAP version 1". */
void ktap_version(struct ktap *ktap, struct record_stream *stream);

/* Writes "1..planned". */
void ktap_plan(struct ktap *ktap, uint32_t planned);

/*
 * Writes one result and counts it. index is 1 to the planned number; note may be NULL. A name that is not 1 to
 * KTAP_NAME_MAX characters of [a-z0-9_] is the lab's own mistake: the line gets `_` for wrong characters and
 * KTAP_ERROR, and false is returned.
 */
bool ktap_result(struct ktap *ktap, enum ktap_verdict verdict, uint32_t index, const char *name,
                 const struct ktap_note *note);

/* True for 1 to KTAP_NAME_MAX characters of [a-z0-9_]. */
bool ktap_name_valid(const char *name);

#endif
