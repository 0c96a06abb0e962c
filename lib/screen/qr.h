/* SPDX-License-Identifier: MIT */
/*
 * QR codes in byte mode with error correction L, versions 1 to 20, for a screen that is photographed.
 *
 * An encoder of our own, because libqrencode and the like take memory from malloc() and their tables from a C library;
 * the image has neither. Source: ISO/IEC 18004:2015, sections 7.4 (data), 7.5 (error correction, tables 9 and E.1), 7.7
 * (placement), 7.8 (masks), 7.9 and 7.10 (format and version). Pure; any context.
 */
#ifndef LAB_LIB_SCREEN_QR_H
#define LAB_LIB_SCREEN_QR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QR_VERSION_MAX = 20,
    QR_SIDE_MAX = 17 + 4 * QR_VERSION_MAX,
    QR_QUIET = 4, /* modules of light around it */
    QR_CODEWORDS_MAX = 1085,
};

struct qr {
    uint32_t side;                           /* modules */
    uint8_t dark[QR_SIDE_MAX][QR_SIDE_MAX];  /* 1: dark */
    uint8_t fixed[QR_SIDE_MAX][QR_SIDE_MAX]; /* 1: of a pattern, no data */
    uint8_t words[QR_CODEWORDS_MAX];         /* data, then error correction of each block */
    uint8_t order[QR_CODEWORDS_MAX];         /* as they are placed */
};

/* Bytes of text that a code of that version holds (1 to QR_VERSION_MAX). */
size_t qr_capacity(uint32_t version);

/* False: the text is longer than that version holds, or there is no such version. */
bool qr_encode(struct qr *qr, uint32_t version, const void *text, size_t bytes);

#endif /* LAB_LIB_SCREEN_QR_H */
