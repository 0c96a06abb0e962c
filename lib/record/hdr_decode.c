/* SPDX-License-Identifier: MIT */
#include "lib/record/hdr_codec.h"

#include "lib/base64.h"
#include "lib/crc.h"
#include "lib/record/hdr_layout.h"

enum {
    DIGITS_LEAST = 2,
    DIGITS_MOST = 3,
    GROUP_BYTES = 3,
    BLOCK_FINAL = 1, /* bit 0 of a block's first byte; the type and the padding must be zero */
};

/* Reads bytes from base64 text, group by group; after the first error it gives zeros. */
struct reader {
    const char *text;
    size_t length; /* characters not yet read */
    size_t have;   /* bytes of the open group not yet given */
    size_t group_bytes;
    uint32_t adler;
    uint32_t block_left;
    bool final; /* the open block is the last */
    enum hdr_error error;
    uint8_t group[GROUP_BYTES];
};

static void fail(struct reader *reader, enum hdr_error error)
{
    if (reader->error == HDR_OK)
        reader->error = error;
}

static uint8_t get_byte(struct reader *reader)
{
    if (reader->error)
        return 0;
    if (reader->have == 0) {
        bool last = reader->length <= 4;

        if (reader->length == 0) {
            fail(reader, HDR_CUT);
            return 0;
        }
        if (reader->length < 4 || !base64_decode(reader->group, GROUP_BYTES, &reader->group_bytes, reader->text, 4) ||
            (!last && reader->group_bytes < GROUP_BYTES)) {
            fail(reader, HDR_BAD_BASE64);
            return 0;
        }
        reader->text += 4;
        reader->length -= 4;
        reader->have = reader->group_bytes;
    }
    return reader->group[reader->group_bytes - reader->have--];
}

static uint64_t get_number(struct reader *reader, unsigned bytes)
{
    uint64_t number = 0;

    while (bytes--)
        number = number << 8 | get_byte(reader);
    return number;
}

static void open_block(struct reader *reader)
{
    uint8_t head = get_byte(reader);
    uint32_t length = get_byte(reader);
    uint32_t complement;

    length |= (uint32_t)get_byte(reader) << 8;
    complement = get_byte(reader);
    complement |= (uint32_t)get_byte(reader) << 8;
    if (reader->error)
        return;
    if (reader->final || head > BLOCK_FINAL || (length ^ complement) != 0xffff)
        fail(reader, HDR_BAD_ZLIB);
    reader->final = head == BLOCK_FINAL;
    reader->block_left = length;
}

static uint8_t get_data(struct reader *reader)
{
    uint8_t byte;

    while (reader->block_left == 0 && !reader->error)
        open_block(reader);
    if (reader->error)
        return 0;
    byte = get_byte(reader);
    reader->block_left--;
    reader->adler = adler32_update(reader->adler, &byte, 1);
    return byte;
}

static uint64_t get_data_number(struct reader *reader, unsigned bytes)
{
    uint64_t number = 0;

    while (bytes--)
        number = number << 8 | get_data(reader);
    return number;
}

/* Reads one counter or run; *bytes is its length. */
static int64_t get_counter(struct reader *reader, unsigned *bytes)
{
    uint64_t value = 0;
    uint8_t byte;

    *bytes = 0;
    do {
        bool ninth = *bytes == HDR_COUNTER_MAX - 1;

        byte = get_data(reader);
        value |= (uint64_t)(ninth ? byte : byte & 0x7f) << 7 * *bytes;
        ++*bytes;
    } while (byte & 0x80 && *bytes < HDR_COUNTER_MAX && !reader->error);
    return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

static void get_counters(struct reader *reader, struct hdr *hdr, uint64_t payload)
{
    uint32_t index = 0;

    while (payload && !reader->error) {
        unsigned bytes;
        int64_t value = get_counter(reader, &bytes);
        uint32_t left = hdr->counter_count - index;

        if (bytes > payload || left == 0 || value < -(int64_t)left) {
            fail(reader, HDR_BAD_COUNTS);
            return;
        }
        payload -= bytes;
        if (value < 0) {
            index += (uint32_t)-value;
        } else {
            ((uint64_t *)hdr->counts)[index++] = (uint64_t)value;
            if (__builtin_add_overflow(hdr->total_count, (uint64_t)value, &hdr->total_count))
                fail(reader, HDR_BAD_COUNTS);
        }
    }
}

/* Reads the data's header; returns the payload's length and makes the histogram. */
static uint64_t get_header(struct reader *reader, struct hdr *hdr, void *memory, size_t bytes)
{
    uint64_t payload;
    uint64_t digits;
    bool known;

    if (get_data_number(reader, 4) != HDR_COOKIE)
        fail(reader, HDR_BAD_COOKIE);
    payload = get_data_number(reader, 4);
    known = get_data_number(reader, 4) == 0;
    digits = get_data_number(reader, 4);
    known &= digits >= DIGITS_LEAST && digits <= DIGITS_MOST;
    known &= get_data_number(reader, 8) == HDR_LOWEST;
    known &= get_data_number(reader, 8) == HDR_HIGHEST;
    known &= get_data_number(reader, 8) == HDR_RATIO_ONE;
    if (!known)
        fail(reader, HDR_BAD_RANGE);
    if (!reader->error && !hdr_init(hdr, memory, bytes, (unsigned)digits, 8))
        fail(reader, HDR_NO_MEMORY);
    return payload;
}

/* What must stand behind the counters: the end of the last block, the checksum, nothing more. */
static void get_end(struct reader *reader)
{
    while (!reader->final && reader->block_left == 0 && !reader->error)
        open_block(reader);
    if (reader->block_left)
        fail(reader, HDR_BAD_ZLIB);
    if (get_number(reader, HDR_ADLER_BYTES) != reader->adler)
        fail(reader, HDR_BAD_ZLIB);
    if (reader->length || reader->have)
        fail(reader, HDR_BAD_ZLIB);
}

/* Bytes in that many characters, without the padding at their end. */
static size_t decoded_bytes(const char *text, size_t length)
{
    size_t bytes = length / 4 * GROUP_BYTES;

    for (unsigned padding = 0; padding < 2 && length && text[length - 1] == '='; padding++) {
        length--;
        bytes--;
    }
    return bytes;
}

enum hdr_error hdr_decode(struct hdr *hdr, void *memory, size_t bytes, const char *text, size_t length)
{
    struct reader reader = {.text = text, .length = length, .adler = ADLER32_START};
    size_t text_bytes = decoded_bytes(text, length);
    uint64_t zlib_bytes;
    uint64_t payload;

    if (get_number(&reader, 4) != HDR_COOKIE_COMPRESSED)
        fail(&reader, HDR_BAD_COOKIE);
    zlib_bytes = get_number(&reader, 4) + HDR_WRAP_BYTES;
    if (zlib_bytes != text_bytes)
        fail(&reader, zlib_bytes > text_bytes ? HDR_CUT : HDR_BAD_ZLIB);
    if (get_number(&reader, 2) != (HDR_ZLIB_CMF << 8 | HDR_ZLIB_FLG))
        fail(&reader, HDR_BAD_ZLIB);
    payload = get_header(&reader, hdr, memory, bytes);
    if (!reader.error)
        get_counters(&reader, hdr, payload);
    get_end(&reader);
    return reader.error;
}
