/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/console/framebuffer.c
/*
 * Characters and rectangles on a framebuffer in memory, for each depth, with odd pitches and large scales: each pixel
 * is what it should be, and nothing outside of the screen is written. Modes that cannot be are refused.
 */
#include "arch/x86/console/framebuffer.h"

#include <stdlib.h>

#include "lib/screen/font.h"
#include "lib/screen/grid.h"
#include "tests/unit/tap.h"

/* One glyph with a dot in each corner, and one that is none of it. */
const uint8_t font_glyphs[FONT_GLYPHS][FONT_ROWS] = {
    ['A' - FONT_FIRST] = {0x81, [15] = 0x81},
    ['?' - FONT_FIRST] = {0xff},
};

enum { GUARD = 64, GUARD_BYTE = 0xa5 };

static const struct boot_framebuffer mode32 = {.type = BOOT_FRAMEBUFFER_RGB,
                                               .address = 0x80000000,
                                               .pitch_bytes = 640 * 4,
                                               .width = 640,
                                               .height = 400,
                                               .bits_per_pixel = 32,
                                               .red_shift = 16,
                                               .red_bits = 8,
                                               .green_shift = 8,
                                               .green_bits = 8,
                                               .blue_shift = 0,
                                               .blue_bits = 8};

static uint32_t pixel_at(const struct framebuffer *screen, uint32_t x, uint32_t y)
{
    const uint8_t *at = screen->memory + (size_t)y * screen->mode.pitch_bytes + x * screen->pixel_bytes;
    uint32_t value = 0;

    for (uint32_t i = 0; i < screen->pixel_bytes; i++)
        value |= (uint32_t)at[i] << (8 * i);
    return value;
}

static bool guards_hold(const uint8_t *block, size_t bytes)
{
    for (size_t i = 0; i < GUARD; i++)
        if (block[i] != GUARD_BYTE || block[GUARD + bytes + i] != GUARD_BYTE)
            return false;
    return true;
}

/* Draws A in the last cell and fills past the edges; ink and paper are what this mode makes of FFFFFFh and 000000h. */
static void test_mode(const char *name, struct boot_framebuffer mode, uint32_t ink)
{
    struct framebuffer screen;
    bool opened = framebuffer_open(&screen, &mode) == NULL, right = true;
    size_t bytes = framebuffer_bytes(&screen);
    uint8_t *block;
    uint32_t left, top, side;

    if (!TAP_OK(opened, name))
        return;
    block = malloc(bytes + 2 * (size_t)GUARD);
    if (block == NULL)
        abort();
    memset(block, GUARD_BYTE, bytes + 2 * (size_t)GUARD);
    screen.memory = block + GUARD;
    framebuffer_fill(&screen, 0, 0, UINT32_MAX, UINT32_MAX, 0x000000);
    framebuffer_character(&screen, screen.rows - 1, screen.columns - 1, 'A', 0xffffff, 0x000000);
    framebuffer_character(&screen, screen.rows, 0, 'A', 0xffffff, 0x000000);
    framebuffer_character(&screen, 0, screen.columns, 'A', 0xffffff, 0x000000);
    side = screen.scale;
    left = (screen.columns - 1) * FONT_COLUMNS * side;
    top = (screen.rows - 1) * FONT_ROWS * side;
    for (uint32_t y = 0; y < mode.height; y++)
        for (uint32_t x = 0; x < mode.width; x++) {
            uint32_t column = (x - left) / side, row = (y - top) / side;
            bool dot = x >= left && y >= top && (column == 0 || column == 7) && (row == 0 || row == 15);

            right = right && pixel_at(&screen, x, y) == (dot ? ink : 0);
        }
    TAP_OK(right, "each pixel is what it should be");
    framebuffer_fill(&screen, mode.width - 3, mode.height - 2, 100, 100, 0xffffff);
    framebuffer_fill(&screen, mode.width, 0, 1, 1, 0xffffff);
    TAP_OK(pixel_at(&screen, mode.width - 3, mode.height - 1) == ink && pixel_at(&screen, mode.width - 4, 0) == 0,
           "a rectangle is cut at the edges");
    TAP_OK(guards_hold(block, bytes), "nothing is written outside");
    free(block);
}

static struct boot_framebuffer depth(uint8_t bits, uint8_t red, uint8_t green, uint8_t blue, uint32_t pitch)
{
    struct boot_framebuffer mode = mode32;

    mode.bits_per_pixel = bits;
    mode.red_bits = red;
    mode.green_bits = green;
    mode.blue_bits = blue;
    mode.blue_shift = 0;
    mode.green_shift = blue;
    mode.red_shift = (uint8_t)(green + blue);
    mode.pitch_bytes = pitch;
    return mode;
}

static void test_depths(void)
{
    struct boot_framebuffer wide = mode32;

    test_mode("15 bits", depth(15, 5, 5, 5, 640 * 2), 0x7fff);
    test_mode("16 bits, a pitch that is no multiple of a pixel", depth(16, 5, 6, 5, 640 * 2 + 33), 0xffff);
    test_mode("24 bits, an odd pitch", depth(24, 8, 8, 8, 640 * 3 + 7), 0xffffff);
    test_mode("32 bits", mode32, 0xffffff);
    test_mode("30 bits of colour", depth(32, 10, 10, 10, 640 * 4), 0xff << 22 | 0xff << 12 | 0xff << 2);
    wide.width = 2560;
    wide.height = 1440;
    wide.pitch_bytes = 2560 * 4;
    wide.height = 1447;
    test_mode("a height that cuts a row of text", wide, 0xffffff);
    wide.height = 1440;
    test_mode("a large panel", wide, 0xffffff);
}

static void test_sizes(void)
{
    struct framebuffer screen;
    struct boot_framebuffer mode = mode32;

    framebuffer_open(&screen, &mode);
    TAP_OK(screen.scale == 1 && screen.columns == 80 && screen.rows == 25, "640 x 400 is 80 x 25");
    mode.height = 615;
    framebuffer_open(&screen, &mode);
    TAP_INT(screen.rows, 38, "a row of text that is cut at the edge is none");
    mode.width = 3840;
    mode.height = 2160;
    mode.pitch_bytes = 3840 * 4;
    framebuffer_open(&screen, &mode);
    TAP_OK(screen.scale == 5 && screen.columns == 96 && screen.rows == 27, "a 4K panel has large characters");
    mode.width = 1200;
    mode.height = 1920;
    framebuffer_open(&screen, &mode);
    TAP_OK(screen.scale == 1 && screen.columns == GRID_COLUMNS_MAX && screen.rows == GRID_ROWS_MAX,
           "a panel on its side is drawn as its memory lies");
}

/* What a loader may say and no card has: the word that says why is part of the one that stands in the log. */
static void test_refused(void)
{
    struct framebuffer screen;
    struct boot_framebuffer mode;
    const char *why;

#define REFUSED(change, word)                                                                                          \
    mode = mode32;                                                                                                     \
    change;                                                                                                            \
    why = framebuffer_open(&screen, &mode);                                                                            \
    TAP_OK(why != NULL && strstr(why, word) != NULL, #change)
    REFUSED(mode.type = BOOT_FRAMEBUFFER_TEXT, "palette");
    REFUSED(mode.type = BOOT_FRAMEBUFFER_OTHER, "palette");
    REFUSED(mode.address = 0, "address");
    REFUSED(mode.address = UINT64_MAX - 4096, "address");
    REFUSED(mode.address = UINT64_C(1) << 47, "address");
    for (uint32_t bits = 0; bits <= 255; bits++)
        if (bits != 15 && bits != 16 && bits != 24 && bits != 32) {
            mode = mode32;
            mode.bits_per_pixel = (uint8_t)bits;
            TAP_OK(framebuffer_open(&screen, &mode) != NULL, "a depth that no card has");
        }
    REFUSED(mode.width = UINT32_MAX, "larger");
    REFUSED(mode.height = UINT32_MAX, "larger");
    REFUSED(mode.pitch_bytes = UINT32_MAX, "larger");
    REFUSED(mode.pitch_bytes = 0, "shorter");
    REFUSED(mode.pitch_bytes = 640 * 4 - 1, "shorter");
    REFUSED((mode.pitch_bytes = 1 << 18, mode.height = 32767), "larger");
    REFUSED(mode.width = mode.height = 0, "too small");
    REFUSED((mode.width = 0, mode.pitch_bytes = 0), "too small");
    REFUSED(mode.height = 200, "too small");
    REFUSED(mode.width = 300, "too small");
    REFUSED(mode.red_shift = 25, "leave the pixel");
    REFUSED(mode.green_bits = 0, "leave the pixel");
    REFUSED(mode.blue_bits = 33, "leave the pixel");
    REFUSED(mode.blue_shift = 255, "leave the pixel");
    REFUSED(mode.red_shift = 15, "overlap");
    REFUSED(mode.blue_bits = 9, "overlap");
    REFUSED(mode.blue_shift = 16, "overlap");
}

int main(void)
{
    test_depths();
    test_sizes();
    test_refused();
    return tap_done();
}
