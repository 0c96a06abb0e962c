/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/framebuffer.h"

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

static bool channel_fits(uint32_t shift, uint32_t bits, uint32_t pixel_bits)
{
    return bits >= 1 && bits <= 16 && shift < pixel_bits && bits <= pixel_bits - shift;
}

static bool mode_fits(const struct boot_framebuffer *mode, uint32_t pixel_bytes)
{
    uint32_t pixel_bits = pixel_bytes * 8;

    return mode->type == BOOT_FRAMEBUFFER_RGB && mode->address != 0 && mode->bits_per_pixel >= 15 &&
           mode->bits_per_pixel <= 32 && mode->width <= SIDE_MAX && mode->height <= SIDE_MAX &&
           mode->pitch_bytes <= PITCH_MAX && mode->pitch_bytes >= mode->width * pixel_bytes &&
           channel_fits(mode->red_shift, mode->red_bits, pixel_bits) &&
           channel_fits(mode->green_shift, mode->green_bits, pixel_bits) &&
           channel_fits(mode->blue_shift, mode->blue_bits, pixel_bits);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint64_t framebuffer_bytes(const struct framebuffer *screen)
{
    return (uint64_t)screen->mode.pitch_bytes * screen->mode.height;
}

bool framebuffer_open(struct framebuffer *screen, const struct boot_framebuffer *mode)
{
    uint32_t scale;

    *screen = (struct framebuffer){.mode = *mode, .pixel_bytes = (mode->bits_per_pixel + 7u) / 8};
    if (!mode_fits(mode, screen->pixel_bytes) || framebuffer_bytes(screen) > INT32_MAX ||
        mode->address > ADDRESS_END - framebuffer_bytes(screen))
        return false;
    scale = least(mode->width / (PAGE_COLUMNS * FONT_COLUMNS), mode->height / (PAGE_ROWS * FONT_ROWS));
    screen->scale = scale < 1 ? 1 : least(scale, SCALE_MAX);
    screen->columns = least(mode->width / (FONT_COLUMNS * screen->scale), GRID_COLUMNS_MAX);
    screen->rows = least(mode->height / (FONT_ROWS * screen->scale), GRID_ROWS_MAX);
    return screen->columns >= GRID_COLUMNS_MIN && screen->rows >= GRID_ROWS_MIN;
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
