/* SPDX-License-Identifier: MIT */
#include "lib/screen/qr.h"

#include "lib/cstring.h"

enum {
    FINDER = 7,          /* modules of its side */
    TIMING = 6,          /* row and column of the timing patterns */
    ALIGNMENTS_MAX = 4,  /* in a row, up to version 20: at most this many positions */
    CORRECTION_MAX = 30, /* codewords of a block */
    GENERATOR = 0x11d,   /* of GF(256), 7.5.2 */
    MODE_BYTES = 4,
    FORMAT_MASK = 0x5412, /* 7.9.1 */
    FORMAT_GENERATOR = 0x537,
    VERSION_GENERATOR = 0x1f25, /* 7.10 */
    LEVEL_L = 1,
    PATTERN = 0, /* the mask: any will be read; (row + column) mod 2 breaks up what bytes of text repeat */
};

/* Table 9, level L: all codewords, error correction of a block, blocks. Table E.1: where alignment patterns lie. */
static const struct version {
    uint16_t words;
    uint8_t correction, blocks;
    uint8_t alignments[ALIGNMENTS_MAX];
} versions[QR_VERSION_MAX] = {
    {26, 7, 1, {0}},
    {44, 10, 1, {6, 18}},
    {70, 15, 1, {6, 22}},
    {100, 20, 1, {6, 26}},
    {134, 26, 1, {6, 30}},
    {172, 18, 2, {6, 34}},
    {196, 20, 2, {6, 22, 38}},
    {242, 24, 2, {6, 24, 42}},
    {292, 30, 2, {6, 26, 46}},
    {346, 18, 4, {6, 28, 50}},
    {404, 20, 4, {6, 30, 54}},
    {466, 24, 4, {6, 32, 58}},
    {532, 26, 4, {6, 34, 62}},
    {581, 30, 4, {6, 26, 46, 66}},
    {655, 22, 6, {6, 26, 48, 70}},
    {733, 24, 6, {6, 26, 50, 74}},
    {815, 28, 6, {6, 30, 54, 78}},
    {901, 30, 6, {6, 30, 56, 82}},
    {991, 28, 7, {6, 30, 58, 86}},
    {1085, 28, 8, {6, 34, 62, 90}},
};

static uint32_t data_words(const struct version *version)
{
    return version->words - (uint32_t)version->correction * version->blocks;
}

/* The mode takes 4 bits, the length 8 up to version 9 and then 16. */
static uint32_t head_bits(uint32_t version)
{
    return 4 + (version < 10 ? 8 : 16);
}

size_t qr_capacity(uint32_t version)
{
    if (version < 1 || version > QR_VERSION_MAX)
        return 0;
    return (data_words(&versions[version - 1]) * 8 - head_bits(version)) / 8;
}

/* ---- Data: mode, length, text, end, filling ---- */

struct bits {
    uint8_t *to;
    uint32_t used;
};

static void add_bits(struct bits *bits, uint32_t value, uint32_t count)
{
    while (count-- > 0) {
        if (value >> count & 1)
            bits->to[bits->used / 8] |= (uint8_t)(0x80 >> bits->used % 8);
        bits->used++;
    }
}

static void write_data(struct qr *qr, uint32_t number, const uint8_t *text, size_t bytes)
{
    uint32_t all = data_words(&versions[number - 1]);
    struct bits bits = {.to = qr->words};
    uint32_t end;

    add_bits(&bits, MODE_BYTES, 4);
    add_bits(&bits, (uint32_t)bytes, head_bits(number) - 4);
    for (size_t i = 0; i < bytes; i++)
        add_bits(&bits, text[i], 8);
    end = (bits.used + 4 + 7) / 8;
    for (uint32_t i = end < all ? end : all, pad = 0; i < all; i++, pad++)
        qr->words[i] = pad % 2 == 0 ? 0xec : 0x11;
}

/* ---- Error correction: the remainder of each block by the generator polynomial ---- */

static uint8_t multiply(uint8_t a, uint8_t b)
{
    uint32_t product = 0;

    for (int bit = 7; bit >= 0; bit--) {
        product <<= 1;
        if (product & 0x100)
            product ^= GENERATOR;
        if (b >> bit & 1)
            product ^= a;
    }
    return (uint8_t)product;
}

/* The coefficients of (x - 1)(x - 2)(x - 4)..., without the leading one. */
static void make_polynomial(uint8_t polynomial[CORRECTION_MAX], uint32_t degree)
{
    uint8_t root = 1;

    memset(polynomial, 0, degree);
    polynomial[degree - 1] = 1;
    for (uint32_t i = 0; i < degree; i++) {
        for (uint32_t k = 0; k < degree; k++)
            polynomial[k] = multiply(polynomial[k], root) ^ (k + 1 < degree ? polynomial[k + 1] : 0);
        root = multiply(root, 2);
    }
}

static void remainder_of(uint8_t *rest, const uint8_t *polynomial, uint32_t degree, const uint8_t *data, uint32_t count)
{
    memset(rest, 0, degree);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t factor = data[i] ^ rest[0];

        memmove(rest, rest + 1, degree - 1);
        rest[degree - 1] = 0;
        for (uint32_t k = 0; k < degree; k++)
            rest[k] ^= multiply(polynomial[k], factor);
    }
}

/* Blocks one after the other become columns: the last ones have one data word more. */
static void interleave(struct qr *qr, const struct version *version)
{
    uint32_t data = data_words(version), blocks = version->blocks, low = data / blocks, longer = data % blocks;
    uint8_t polynomial[CORRECTION_MAX], rest[CORRECTION_MAX];
    uint32_t at = 0;

    make_polynomial(polynomial, version->correction);
    for (uint32_t block = 0; block < blocks; block++) {
        uint32_t count = low + (block >= blocks - longer);

        remainder_of(rest, polynomial, version->correction, qr->words + at, count);
        for (uint32_t i = 0; i < low; i++)
            qr->order[i * blocks + block] = qr->words[at + i];
        if (count > low)
            qr->order[low * blocks + block - (blocks - longer)] = qr->words[at + low];
        for (uint32_t i = 0; i < version->correction; i++)
            qr->order[data + i * blocks + block] = rest[i];
        at += count;
    }
}

/* ---- Patterns ---- */

static void set(struct qr *qr, uint32_t row, uint32_t column, bool dark)
{
    qr->dark[row][column] = dark;
    qr->fixed[row][column] = 1;
}

static uint32_t distance(uint32_t a, uint32_t b)
{
    return a < b ? b - a : a - b;
}

/* Rings of dark and light around a centre: finder with its separator (radius 4), alignment (radius 2). */
static void draw_rings(struct qr *qr, uint32_t row, uint32_t column, uint32_t radius)
{
    for (uint32_t y = row < radius ? 0 : row - radius; y <= row + radius && y < qr->side; y++)
        for (uint32_t x = column < radius ? 0 : column - radius; x <= column + radius && x < qr->side; x++) {
            uint32_t down = distance(y, row), across = distance(x, column), ring = down > across ? down : across;

            set(qr, y, x, radius == 2 ? ring != 1 : ring != 2 && ring != 4);
        }
}

static void draw_alignments(struct qr *qr, const uint8_t *places)
{
    uint32_t count = 0, last = qr->side - FINDER;

    while (count < ALIGNMENTS_MAX && places[count] != 0)
        count++;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < count; k++) {
            uint32_t row = places[i], column = places[k];
            bool in_finder = (row == TIMING && column == TIMING) || (row == TIMING && column == last) ||
                             (row == last && column == TIMING);

            if (!in_finder)
                draw_rings(qr, row, column, 2);
        }
}

/* value and its remainder by a generator of that many bits. */
static uint32_t with_check(uint32_t value, uint32_t generator, uint32_t bits)
{
    uint32_t rest = value << bits;

    for (int bit = 31; bit >= (int)bits; bit--)
        if (rest >> bit & 1)
            rest ^= generator << (bit - (int)bits);
    return value << bits | rest;
}

static void draw_format(struct qr *qr)
{
    uint32_t format = with_check(LEVEL_L << 3 | PATTERN, FORMAT_GENERATOR, 10) ^ FORMAT_MASK, last = qr->side - 1;

    for (uint32_t i = 0; i < 15; i++) {
        bool dark = format >> i & 1;

        /* Around the upper left finder, past the timing patterns. */
        if (i < 8)
            set(qr, i < 6 ? i : i + 1, 8, dark);
        else
            set(qr, 8, i == 8 ? 7 : 14 - i, dark);
        /* Below the upper right one, and right of the lower left one. */
        if (i < 8)
            set(qr, 8, last - i, dark);
        else
            set(qr, qr->side - 15 + i, 8, dark);
    }
    set(qr, qr->side - 8, 8, true);
}

static void draw_version(struct qr *qr, uint32_t number)
{
    uint32_t version = with_check(number, VERSION_GENERATOR, 12);

    for (uint32_t i = 0; number >= 7 && i < 18; i++) {
        set(qr, i / 3, qr->side - 11 + i % 3, version >> i & 1);
        set(qr, qr->side - 11 + i % 3, i / 3, version >> i & 1);
    }
}

static void draw_patterns(struct qr *qr, uint32_t number)
{
    for (uint32_t i = 0; i < qr->side; i++) {
        set(qr, TIMING, i, i % 2 == 0);
        set(qr, i, TIMING, i % 2 == 0);
    }
    draw_rings(qr, 3, 3, 4);
    draw_rings(qr, 3, qr->side - 4, 4);
    draw_rings(qr, qr->side - 4, 3, 4);
    draw_alignments(qr, versions[number - 1].alignments);
    draw_format(qr);
    draw_version(qr, number);
}

/* Up and down in columns of two from the lower right, past the timing column; under the mask. */
static void place_words(struct qr *qr, uint32_t words)
{
    uint32_t at = 0;
    bool up = true;

    for (uint32_t right = qr->side - 1; right >= 1; right -= 2, up = !up) {
        if (right == TIMING)
            right--;
        for (uint32_t i = 0; i < qr->side; i++)
            for (uint32_t side = 0; side < 2; side++) {
                uint32_t row = up ? qr->side - 1 - i : i, column = right - side;
                bool dark = false;

                if (qr->fixed[row][column])
                    continue;
                if (at < words * 8)
                    dark = qr->order[at / 8] >> (7 - at % 8) & 1;
                at++;
                qr->dark[row][column] = dark ^ ((row + column) % 2 == 0);
            }
        if (right < 2)
            return;
    }
}

bool qr_encode(struct qr *qr, uint32_t version, const void *text, size_t bytes)
{
    if (bytes > qr_capacity(version) || qr_capacity(version) == 0)
        return false;
    memset(qr, 0, sizeof(*qr));
    qr->side = 17 + 4 * version;
    write_data(qr, version, text, bytes);
    interleave(qr, &versions[version - 1]);
    draw_patterns(qr, version);
    place_words(qr, versions[version - 1].words);
    return true;
}
