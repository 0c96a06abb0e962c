/* SPDX-License-Identifier: MIT */
/*
 * What of a log is shown as QR codes, and in which code it stands: whole lines in the log's order, behind a line
 * "IDLELAB-CODE number/count run". Verdicts, quantiles, findings, and what they need; then histograms of wake latencies
 * as far as there is room. Pure.
 */
#ifndef LAB_LIB_SCREEN_CODES_H
#define LAB_LIB_SCREEN_CODES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/kept/kept.h"

enum {
    CODES_MAX = 60,
    CODES_TEXT_BYTES = 860, /* of a code of version 20, and a NUL */
};

#define CODES_HEAD "IDLELAB-CODE "

struct codes {
    const struct kept *log;
    size_t room;        /* bytes of a code */
    uint32_t count;     /* of codes */
    uint32_t hists;     /* how many records of histograms fit */
    uint32_t hists_all; /* and how many there are */
};

/* Counts the codes of a log; room: bytes that one holds, at least 400. */
void codes_plan(struct codes *codes, const struct kept *log, size_t room);

/* The text of that code, from 1 to count; NUL-terminated. Returns its bytes. */
size_t codes_text(const struct codes *codes, uint32_t number, char text[CODES_TEXT_BYTES]);

#endif /* LAB_LIB_SCREEN_CODES_H */
