/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: the grammar of a line on any bytes, and on what the writers of lib/record make of them. Every item
 * lies inside its line and the next one behind it; what was written is read back; and no flipped bit goes unseen.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/record/ktap.h"
#include "lib/record/record_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

struct line {
    char text[RECORD_LINE_BYTES];
    size_t bytes;
};

static void keep(void *ctx, const char *text, size_t bytes)
{
    struct line *line = ctx;

    line->bytes = bytes - 1; /* without its newline */
    memcpy(line->text, text, line->bytes);
}

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void check_span(const char *text, size_t bytes, const char *part, size_t part_bytes)
{
    need(part == NULL || (part >= text && part + part_bytes <= text + bytes));
}

/* Goes through a line; returns how many items are not damaged. */
static unsigned walk(const char *text, size_t bytes, struct log_item *last)
{
    struct log_item item;
    unsigned good = 0;

    for (size_t from = 0; from < bytes; from = item.after) {
        record_line_next(text, bytes, from, crc32_update, &item);
        need(item.at >= from && item.after > from && item.after <= bytes && item.bad_at <= bytes);
        need(item.kind != LOG_ITEM_NONE || item.after == bytes);
        need((item.kind == LOG_ITEM_DAMAGED) == (item.kind != LOG_ITEM_VERDICT && item.expected != NULL));
        check_span(text, bytes, item.text, item.text_bytes);
        check_span(text, bytes, item.json, item.json_bytes);
        check_span(text, bytes, item.name, item.name_bytes);
        check_span(text, bytes, item.detail, item.detail_bytes);
        if (item.kind != LOG_ITEM_NONE && item.kind != LOG_ITEM_DAMAGED) {
            good++;
            *last = item;
        }
    }
    return good;
}

/* With one bit flipped the item is gone or damaged; the input says at which places that is tried. */
static void check_flips(struct line *line, const struct log_item *whole, size_t first)
{
    struct log_item item = {0};

    for (size_t i = first % 16; i < line->bytes; i += 16) {
        line->text[i] ^= 1 << i % 7;
        if (walk(line->text, line->bytes, &item) > 0)
            need(item.kind != whole->kind || item.at != whole->at || item.after != whole->after);
        line->text[i] ^= 1 << i % 7;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char text[JSON_OBJECT_BYTES] = "{";
    struct log_item item = {0};
    struct record_stream stream;
    struct ktap ktap = {.stream = &stream};
    struct line line = {.bytes = 0};
    /* A copy of its own, so that a read behind its end is seen. */
    char *own = malloc(bytes > 0 ? bytes : 1);
    size_t kept;

    if (own == NULL)
        abort();
    memcpy(own, data, bytes);
    walk(own, bytes, &item);

    kept = bytes < JSON_OBJECT_MAX - 2 ? bytes : JSON_OBJECT_MAX - 2;
    for (size_t i = 0; i < kept; i++)
        text[i + 1] = own[i] >= ' ' && own[i] <= '~' ? own[i] : '_';
    text[kept + 1] = '}';
    text[kept + 2] = '\0';
    record_init(&stream, NULL, 0);
    record_add_sink(&stream, (struct record_sink){keep, &line});
    stream.next_seq = bytes > 0 ? (uint32_t)own[0] << 12 : 0;
    need(record_emit(&stream, text, false));
    need(walk(line.text, line.bytes, &item) == 1 && item.kind == LOG_ITEM_RECORD && item.after == line.bytes);
    need(item.seq == stream.next_seq - 1 && item.json_bytes == kept + 2 && memcmp(item.json, text, kept + 2) == 0);
    check_flips(&line, &item, bytes);

    /* A reason that holds a mark would be taken for a line that lost its newline. */
    for (size_t i = 0; i <= kept; i++)
        text[i] = text[i] == '#' || text[i] == 'I' ? '_' : text[i];
    text[kept + 1] = '\0';
    ktap_result(&ktap, KTAP_SKIP, 7, "name", &(struct ktap_note){.reason = text + 1});
    need(walk(line.text, line.bytes, &item) == 1 && item.kind == LOG_ITEM_VERDICT && item.after == line.bytes);
    need(item.ok && item.skip && item.number == 7 && item.name_bytes == 4);
    check_flips(&line, &item, bytes);
    free(own);
    return 0;
}
