/* SPDX-License-Identifier: MIT */
#include "lib/record/hdr_codec.h"

#include "lib/base64.h"
#include "lib/crc.h"
#include "lib/record/hdr_layout.h"

enum { PART_BYTES = HDR_PART_MAX / 4 * 3 };

struct writer {
    hdr_part_fn take;
    void *ctx;
    uint32_t part; /* parts given so far */
    uint32_t parts;
    uint32_t adler;
    uint32_t block_left; /* bytes that the open stored block still takes */
    size_t data_left;    /* bytes of data to come, the open block's included */
    size_t used;
    uint8_t bytes[PART_BYTES];
};

static void flush_part(struct writer *writer)
{
    char text[HDR_PART_MAX + 1];
    size_t length = base64_encode(text, sizeof(text), writer->bytes, writer->used);

    writer->used = 0;
    writer->take(writer->ctx, ++writer->part, writer->parts, text, length);
}

static void put_byte(struct writer *writer, uint8_t byte)
{
    writer->bytes[writer->used++] = byte;
    if (writer->used == PART_BYTES)
        flush_part(writer);
}

static void put_word(struct writer *writer, uint32_t word)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        put_byte(writer, (uint8_t)(word >> shift));
}

/* The head of the next stored block (RFC 1951, section 3.2.4): type 00, the final bit on the last. */
static void open_block(struct writer *writer)
{
    uint32_t length = writer->data_left < HDR_BLOCK_MAX ? (uint32_t)writer->data_left : HDR_BLOCK_MAX;

    put_byte(writer, length == writer->data_left);
    put_byte(writer, (uint8_t)length);
    put_byte(writer, (uint8_t)(length >> 8));
    put_byte(writer, (uint8_t)~length);
    put_byte(writer, (uint8_t)(~length >> 8));
    writer->block_left = length;
}

static void put_data(struct writer *writer, const uint8_t *data, size_t bytes)
{
    writer->adler = adler32_update(writer->adler, data, bytes);
    for (size_t i = 0; i < bytes; i++) {
        if (writer->block_left == 0)
            open_block(writer);
        put_byte(writer, data[i]);
        writer->block_left--;
        writer->data_left--;
    }
}

static void put_data_number(struct writer *writer, uint64_t number, unsigned bytes)
{
    uint8_t data[8];

    for (unsigned i = 0; i < bytes; i++)
        data[i] = (uint8_t)(number >> 8 * (bytes - 1 - i));
    put_data(writer, data, bytes);
}

static unsigned encode_counter(uint8_t out[HDR_COUNTER_MAX], int64_t value)
{
    uint64_t left = (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
    unsigned bytes = 0;

    for (; left > 0x7f && bytes < HDR_COUNTER_MAX - 1; left >>= 7)
        out[bytes++] = (uint8_t)(left | 0x80);
    out[bytes++] = (uint8_t)left;
    return bytes;
}

/* Entries up to the last that is not zero. */
static uint32_t used_counters(const struct hdr *hdr)
{
    uint32_t used = hdr->counter_count;

    while (used > 0 && hdr_count_at(hdr, used - 1) == 0)
        used--;
    return used;
}

/* The encoding of the counter at *index: its count, or minus the length of a run of zeros. Moves *index on. */
static int64_t next_counter(const struct hdr *hdr, uint32_t used, uint32_t *index)
{
    uint64_t count = hdr_count_at(hdr, *index);
    uint32_t first = (*index)++;

    if (count)
        return (int64_t)count;
    while (*index < used && hdr_count_at(hdr, *index) == 0)
        ++*index;
    return *index - first > 1 ? -(int64_t)(*index - first) : 0;
}

static size_t payload_bytes(const struct hdr *hdr)
{
    uint8_t scratch[HDR_COUNTER_MAX];
    uint32_t used = used_counters(hdr);
    size_t bytes = 0;

    for (uint32_t index = 0; index < used;)
        bytes += encode_counter(scratch, next_counter(hdr, used, &index));
    return bytes;
}

static size_t zlib_bytes(size_t data_bytes)
{
    size_t blocks = (data_bytes + HDR_BLOCK_MAX - 1) / HDR_BLOCK_MAX;

    return HDR_ZLIB_BYTES + blocks * HDR_BLOCK_HEAD_BYTES + data_bytes + HDR_ADLER_BYTES;
}

static void put_header(struct writer *writer, const struct hdr *hdr, size_t payload)
{
    put_data_number(writer, HDR_COOKIE, 4);
    put_data_number(writer, payload, 4);
    put_data_number(writer, 0, 4); /* normalizing index offset */
    put_data_number(writer, hdr->digits, 4);
    put_data_number(writer, HDR_LOWEST, 8);
    put_data_number(writer, HDR_HIGHEST, 8);
    put_data_number(writer, HDR_RATIO_ONE, 8);
}

void hdr_encode(const struct hdr *hdr, hdr_part_fn take, void *ctx)
{
    size_t payload = payload_bytes(hdr);
    size_t data_bytes = HDR_HEADER_BYTES + payload;
    size_t all_bytes = HDR_WRAP_BYTES + zlib_bytes(data_bytes);
    uint32_t used = used_counters(hdr);
    struct writer writer = {
        .take = take,
        .ctx = ctx,
        .parts = (uint32_t)((all_bytes + PART_BYTES - 1) / PART_BYTES),
        .adler = ADLER32_START,
        .data_left = data_bytes,
    };

    put_word(&writer, HDR_COOKIE_COMPRESSED);
    put_word(&writer, (uint32_t)zlib_bytes(data_bytes));
    put_byte(&writer, HDR_ZLIB_CMF);
    put_byte(&writer, HDR_ZLIB_FLG);
    put_header(&writer, hdr, payload);
    for (uint32_t index = 0; index < used;) {
        uint8_t counter[HDR_COUNTER_MAX];
        unsigned bytes = encode_counter(counter, next_counter(hdr, used, &index));

        put_data(&writer, counter, bytes);
    }
    put_word(&writer, writer.adler);
    if (writer.used)
        flush_part(&writer);
}
