#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The text on a screen dump of QEMU's (PPM), by the font that is on it: GRUB's ascii.pf2, read here a second time.

    read_screen.py DUMP.ppm      the text, row by row; exit status 1 where a cell holds no character of the font
"""
import struct
import sys

FONT = '/usr/share/grub/ascii.pf2'
WIDTH, HEIGHT = 8, 16


def read_font():
    """{the rows of a glyph, each a number of WIDTH bits: its character}"""
    data = open(FONT, 'rb').read()
    at, glyphs, ascent, index = 0, {}, 0, b''
    while data[at:at + 4] != b'DATA':
        name, size = data[at:at + 4], struct.unpack('>I', data[at + 4:at + 8])[0]
        if name == b'ASCE':
            ascent = struct.unpack('>H', data[at + 8:at + 10])[0]
        if name == b'CHIX':
            index = data[at + 8:at + 8 + size]
        at += 8 + size
    for code, _, offset in struct.iter_unpack('>IBI', index):
        if not 0x20 <= code < 0x7f:
            continue
        width, height, left, below, _ = struct.unpack('>HHhhh', data[offset:offset + 10])
        rows = [0] * HEIGHT
        for i in range(width * height):
            if data[offset + 10 + i // 8] >> (7 - i % 8) & 1:
                rows[ascent - below - height + i // width] |= 0x80 >> (left + i % width)
        glyphs[tuple(rows)] = chr(code)
    return glyphs


def read_ppm(path):
    """Rows of pixels, three bytes each."""
    data = open(path, 'rb').read()
    magic, width, height, _ = data.split(maxsplit=4)[:4]
    assert magic == b'P6'
    width, height = int(width), int(height)
    pixels = data[-width * height * 3:]
    return [[pixels[i:i + 3] for i in range(y * width * 3, (y + 1) * width * 3, 3)] for y in range(height)]


def read_cell(rows, x, scale, glyphs):
    """A cell of at most two colours, whichever of them is the ink; None: no character looks so."""
    cell = [row[x:x + WIDTH * scale:scale] for row in rows]
    for ink in {pixel for row in cell for pixel in row}:
        dots = tuple(sum(0x80 >> i for i, pixel in enumerate(row) if pixel == ink) for row in cell)
        if dots in glyphs:
            return glyphs[dots]
        if dots == (0xff,) * HEIGHT:
            return ' '
    return None


def read_screen(path):
    """The text as a list of rows; None: there is something else on the screen."""
    picture, glyphs, text = read_ppm(path), read_font(), []
    scale = max(1, min(len(picture[0]) // (80 * WIDTH), len(picture) // (25 * HEIGHT)))
    for y in range(0, len(picture) - HEIGHT * scale + 1, HEIGHT * scale):
        rows = picture[y:y + HEIGHT * scale:scale]
        cells = [read_cell(rows, x, scale, glyphs)
                 for x in range(0, len(picture[0]) - WIDTH * scale + 1, WIDTH * scale)]
        if None in cells:
            return None
        text.append(''.join(cells).rstrip())
    return text


if __name__ == '__main__':
    lines = read_screen(sys.argv[1])
    if lines is None:
        sys.exit(1)
    print('\n'.join(lines))
