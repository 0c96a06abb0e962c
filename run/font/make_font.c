/* SPDX-License-Identifier: MIT */
/*
 * The screen's font as C: the printable ASCII characters of a GRUB font, 8 x 16.
 *
 *   make_font /usr/share/grub/ascii.pf2 >font.c
 *
 * The font is GNU Unifont's (copyright Roman Czyborra, Paul Hardy and others; GPL version 2 or later with the exception
 * for embedding, and SIL Open Font License 1.1), as Debian's grub-common has it. The format PFF2: GRUB's manual for
 * developers, "Font format": sections of a name, a length and data, numbers big endian.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/screen/font.h"

enum {
    FILE_BYTES_MAX = 1 << 22,
    SECTION_HEAD_BYTES = 8,
    INDEX_ENTRY_BYTES = 9, /* code point, flags, offset */
    GLYPH_HEAD_BYTES = 10, /* width, height, x, y, advance */
    ASCENT_DEFAULT = 14,
};

static uint8_t file[FILE_BYTES_MAX];
static size_t file_bytes;
static uint8_t glyphs[FONT_GLYPHS][FONT_ROWS];

static void die(const char *why)
{
    fprintf(stderr, "make_font: %s\n", why);
    exit(1);
}

static uint32_t number(size_t at, unsigned bytes)
{
    uint32_t value = 0;

    if (at + bytes > file_bytes)
        die("the font ends too early");
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | file[at + i];
    return value;
}

/* Sets the dots of one glyph in its cell; what lies outside of the cell is no ASCII character's. */
static void take_glyph(uint8_t rows[FONT_ROWS], size_t at, int ascent)
{
    int width = (int)number(at, 2), height = (int)number(at + 2, 2);
    int left = (int16_t)number(at + 4, 2), top = ascent - (int16_t)number(at + 6, 2) - height;

    for (int i = 0; i < width * height; i++) {
        int x = left + i % width, y = top + i / width;

        if ((number(at + GLYPH_HEAD_BYTES + (size_t)i / 8, 1) >> (7 - i % 8) & 1) == 0)
            continue;
        if (x < 0 || x >= FONT_COLUMNS || y < 0 || y >= FONT_ROWS)
            die("a glyph is larger than 8 x 16");
        rows[y] |= (uint8_t)(0x80 >> x);
    }
}

/* All glyphs that the index names; returns how many of them are ours. */
static unsigned take_index(size_t at, size_t bytes, int ascent)
{
    unsigned found = 0;

    for (size_t i = 0; i + INDEX_ENTRY_BYTES <= bytes; i += INDEX_ENTRY_BYTES) {
        uint32_t code = number(at + i, 4);

        if (code < FONT_FIRST || code >= FONT_FIRST + FONT_GLYPHS)
            continue;
        take_glyph(glyphs[code - FONT_FIRST], number(at + i + 5, 4), ascent);
        found++;
    }
    return found;
}

static void read_file(const char *path)
{
    FILE *in = fopen(path, "rb");

    if (in == NULL)
        die("the font cannot be opened (Debian's grub-common has it: run/setup build)");
    file_bytes = fread(file, 1, sizeof(file), in);
    fclose(in);
    if (file_bytes < 12 || memcmp(file, "FILE\0\0\0\4PFF2", 12) != 0)
        die("this is no GRUB font");
}

static void print(void)
{
    puts("/* SPDX-License-Identifier: OFL-1.1 */\n"
         "/* GNU Unifont, printable ASCII: made by run/font/make_font.c from Debian's grub-common. */\n"
         "#include \"lib/screen/font.h\"\n\n"
         "const uint8_t font_glyphs[FONT_GLYPHS][FONT_ROWS] = {");
    for (unsigned i = 0; i < FONT_GLYPHS; i++) {
        printf("    {");
        for (unsigned row = 0; row < FONT_ROWS; row++)
            printf("0x%02x%s", glyphs[i][row], row + 1 < FONT_ROWS ? ", " : "},\n");
    }
    puts("};");
}

int main(int argc, char **argv)
{
    int ascent = ASCENT_DEFAULT;
    unsigned found = 0;

    if (argc != 2)
        die("usage: make_font FONT.pf2");
    read_file(argv[1]);
    for (size_t at = 0; at + SECTION_HEAD_BYTES <= file_bytes && memcmp(file + at, "DATA", 4) != 0;) {
        size_t bytes = number(at + 4, 4);

        if (memcmp(file + at, "ASCE", 4) == 0)
            ascent = (int)number(at + SECTION_HEAD_BYTES, 2);
        if (memcmp(file + at, "CHIX", 4) == 0)
            found = take_index(at + SECTION_HEAD_BYTES, bytes, ascent);
        at += SECTION_HEAD_BYTES + bytes;
    }
    if (found != FONT_GLYPHS)
        die("the font has not all of ASCII");
    print();
    return 0;
}
