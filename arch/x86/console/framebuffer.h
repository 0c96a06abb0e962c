/* SPDX-License-Identifier: MIT */
/*
 * Text and rectangles on a linear framebuffer of 15 to 32 bits a pixel.
 *
 * Pure but for the memory that it draws into. One CPU draws, never while another measures. It only writes: reading
 * from such memory takes a microsecond a word. A panel that is mounted sideways is drawn as its memory lies.
 */
#ifndef LAB_ARCH_CONSOLE_FRAMEBUFFER_H
#define LAB_ARCH_CONSOLE_FRAMEBUFFER_H

#include <stdint.h>

#include "lib/boot_info.h"

struct framebuffer {
    uint8_t *memory; /* NULL: there is none */
    struct boot_framebuffer mode;
    uint32_t pixel_bytes;
    uint32_t scale; /* pixels of the screen, each way, for a dot of the font */
    uint32_t columns, rows;
};

/*
 * Fills all but `memory`. NULL, or why nothing is to be drawn there: the mode cannot be, or is too small for a page of
 * text; its numbers come from the loader and may be anything. framebuffer_bytes() of a mode that was taken is below
 * 2 GiB and does not wrap.
 */
const char *framebuffer_open(struct framebuffer *screen, const struct boot_framebuffer *mode);

/* From mode.address on. */
uint64_t framebuffer_bytes(const struct framebuffer *screen);

/* Colours are RRGGBBh. A character that the font lacks is drawn as '?'; cells outside of the screen are not drawn. */
void framebuffer_character(const struct framebuffer *screen, uint32_t row, uint32_t column, char character,
                           uint32_t ink, uint32_t paper);

/* A rectangle in pixels, cut at the edges. */
void framebuffer_fill(const struct framebuffer *screen, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                      uint32_t colour);

#endif /* LAB_ARCH_CONSOLE_FRAMEBUFFER_H */
