/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/framebuffer.h"

#include <stddef.h>

#include "lib/screen/font.h"
#include "lib/cstring.h"
#include "lib/screen/grid.h"

enum {
    PIXEL_BYTES_MAX = 4,
    SIDE_MAX = 32767,    /* pixels; larger than any panel */
    PITCH_MAX = 1 << 18, /* bytes of a line */
    SCALE_MAX = 16,
    RUN_PIXELS = 128,  /* drawn by one copy */
    PAGE_COLUMNS = 80, /* as large as the font may become without a page of fewer cells */
    PAGE_ROWS = 25,
};

/* Framebuffers above this are not reached by four-level tables. */
#define ADDRESS_END (UINT64_C(1) << 47)

/* The bits of a channel; 0: they leave the pixel, or are none. */
static uint64_t channel_mask(uint32_t shift, uint32_t bits, uint32_t pixel_bits)
{
    if (bits < 1 || bits > 16 || shift >= pixel_bits || bits > pixel_bits - shift)
        return 0;
    return ((UINT64_C(1) << bits) - 1) << shift;
}

static bool channels_fit(const struct boot_framebuffer *mode, uint32_t pixel_bits)
{
    uint64_t red = channel_mask(mode->red_shift, mode->red_bits, pixel_bits);
    uint64_t green = channel_mask(mode->green_shift, mode->green_bits, pixel_bits);
    uint64_t blue = channel_mask(mode->blue_shift, mode->blue_bits, pixel_bits);

    return red && green && blue && !(red & green) && !(red & blue) && !(green & blue);
}

static bool depth_is_known(uint32_t bits)
{
    return bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

static const char *wrong_mode(const struct boot_framebuffer *mode, uint32_t pixel_bytes)
{
    if (mode->type != BOOT_FRAMEBUFFER_RGB)
        return "it has a palette, or is of an unknown kind";
    if (!depth_is_known(mode->bits_per_pixel))
        return "its pixels have neither 15, 16, 24 nor 32 bits";
    if (mode->width > SIDE_MAX || mode->height > SIDE_MAX || mode->pitch_bytes > PITCH_MAX)
        return "it is larger than any panel";
    if (mode->pitch_bytes < mode->width * pixel_bytes)
        return "its lines are shorter than their pixels";
    return channels_fit(mode, pixel_bytes * 8) ? NULL : "its colours overlap, or leave the pixel";
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint64_t framebuffer_bytes(const struct framebuffer *screen)
{
    return (uint64_t)screen->mode.pitch_bytes * screen->mode.height;
}

const char *framebuffer_open(struct framebuffer *screen, const struct boot_framebuffer *mode)
{
    const char *wrong;
    uint32_t scale;

    *screen = (struct framebuffer){.mode = *mode, .pixel_bytes = (mode->bits_per_pixel + 7u) / 8};
    wrong = wrong_mode(mode, screen->pixel_bytes);
    if (wrong != NULL)
        return wrong;
    if (framebuffer_bytes(screen) > INT32_MAX)
        return "it is larger than any panel";
    if (mode->address == 0 || mode->address > ADDRESS_END - framebuffer_bytes(screen))
        return "no memory has its address";
    scale = least(mode->width / (PAGE_COLUMNS * FONT_COLUMNS), mode->height / (PAGE_ROWS * FONT_ROWS));
    screen->scale = scale < 1 ? 1 : least(scale, SCALE_MAX);
    screen->columns = least(mode->width / (FONT_COLUMNS * screen->scale), GRID_COLUMNS_MAX);
    screen->rows = least(mode->height / (FONT_ROWS * screen->scale), GRID_ROWS_MAX);
    return screen->columns >= GRID_COLUMNS_MIN && screen->rows >= GRID_ROWS_MIN ? NULL
                                                                                : "it is too small for a page of text";
}

static uint32_t channel(uint32_t value, uint32_t shift, uint32_t bits)
{
    return (bits <= 8 ? value >> (8 - bits) : value << (bits - 8)) << shift;
}

/* The pixel of a colour RRGGBBh. */
static uint32_t pixel(const struct boot_framebuffer *mode, uint32_t colour)
{
    return channel(colour >> 16 & 0xff, mode->red_shift, mode->red_bits) |
           channel(colour >> 8 & 0xff, mode->green_shift, mode->green_bits) |
           channel(colour & 0xff, mode->blue_shift, mode->blue_bits);
}

/* A pixel is stored byte by byte, lowest first: lines may begin at any address. */
static void store(uint8_t *to, uint32_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static uint8_t *place(const struct framebuffer *screen, uint32_t x, uint32_t y)
{
    return screen->memory + (uint64_t)y * screen->mode.pitch_bytes + (uint64_t)x * screen->pixel_bytes;
}

void framebuffer_character(const struct framebuffer *screen, uint32_t row, uint32_t column, char character,
                           uint32_t ink, uint32_t paper)
{
    uint8_t line[FONT_COLUMNS * SCALE_MAX * PIXEL_BYTES_MAX];
    uint32_t scale = screen->scale, bytes = screen->pixel_bytes;
    uint32_t pixels[] = {pixel(&screen->mode, paper), pixel(&screen->mode, ink)};
    const uint8_t *glyph;

    if (row >= screen->rows || column >= screen->columns)
        return;
    if (character < FONT_FIRST || character >= FONT_FIRST + FONT_GLYPHS)
        character = '?';
    glyph = font_glyphs[character - FONT_FIRST];
    for (uint32_t y = 0; y < FONT_ROWS; y++) {
        for (uint32_t x = 0; x < FONT_COLUMNS; x++)
            for (uint32_t i = 0; i < scale; i++)
                store(line + (x * scale + i) * bytes, pixels[glyph[y] >> (FONT_COLUMNS - 1 - x) & 1], bytes);
        for (uint32_t i = 0; i < scale; i++)
            memcpy(place(screen, column * FONT_COLUMNS * scale, (row * FONT_ROWS + y) * scale + i), line,
                   FONT_COLUMNS * scale * bytes);
    }
}

void framebuffer_fill(const struct framebuffer *screen, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                      uint32_t colour)
{
    uint8_t run[RUN_PIXELS * PIXEL_BYTES_MAX];
    uint32_t value = pixel(&screen->mode, colour);

    if (x >= screen->mode.width || y >= screen->mode.height)
        return;
    width = least(width, screen->mode.width - x);
    height = least(height, screen->mode.height - y);
    for (uint32_t i = 0; i < least(width, RUN_PIXELS); i++)
        store(run + i * screen->pixel_bytes, value, screen->pixel_bytes);
    for (uint32_t line = y; line < y + height; line++)
        for (uint32_t at = 0; at < width; at += RUN_PIXELS)
            memcpy(place(screen, x + at, line), run, (uint64_t)least(width - at, RUN_PIXELS) * screen->pixel_bytes);
}
