/* SPDX-License-Identifier: MIT */
/*
 * The screen's font: printable ASCII, 8 x 16, made at build time (run/font/make_font.c). Read-only, any context.
 *
 * It is GNU Unifont's, under the SIL Open Font License 1.1.
 */
#ifndef LAB_LIB_SCREEN_FONT_H
#define LAB_LIB_SCREEN_FONT_H

#include <stdint.h>

enum {
    FONT_COLUMNS = 8,
    FONT_ROWS = 16,
    FONT_FIRST = 0x20,
    FONT_GLYPHS = 0x7F - FONT_FIRST,
};

/* A row of a glyph is a byte, its leftmost dot bit 7. */
extern const uint8_t font_glyphs[FONT_GLYPHS][FONT_ROWS];

#endif /* LAB_LIB_SCREEN_FONT_H */
