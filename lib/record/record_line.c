/* SPDX-License-Identifier: MIT */
#include "lib/record/record_line.h"

#include "lib/cstring.h"

#define BEGIN_MARK "IDLELAB-BEGIN "
#define END_MARK   "IDLELAB-END "

enum {
    SEQ_DIGITS_MIN = 4,
    SEQ_DIGITS_MAX = 8,
    CRC32_DIGITS = 8,
    CRC16_DIGITS = 4,
    VERDICT_CHARS_MAX = 512, /* the format sets none; this bounds the work on a hostile line */
};

/* A position in a line; every take_ function moves it over what it accepts, and leaves it where it does not. */
struct cursor {
    const char *text;
    size_t bytes;
    size_t at;
};

static bool take_text(struct cursor *c, const char *word)
{
    size_t n = strlen(word);

    if (c->bytes - c->at < n || memcmp(c->text + c->at, word, n) != 0)
        return false;
    c->at += n;
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* Lower-case hex digits, `min` to `max` of them (max at most 16). */
static bool take_hex(struct cursor *c, size_t min, size_t max, uint64_t *value)
{
    size_t i = c->at;
    uint64_t v = 0;

    while (i < c->bytes && i - c->at < max && hex_value(c->text[i]) >= 0)
        v = v << 4 | (uint64_t)hex_value(c->text[i++]);
    if (i - c->at < min)
        return false;
    c->at = i;
    *value = v;
    return true;
}

/* A decimal number of at most nine digits. */
static bool take_decimal(struct cursor *c, uint64_t *value)
{
    size_t i = c->at;
    uint64_t v = 0;

    while (i < c->bytes && i - c->at < 9 && c->text[i] >= '0' && c->text[i] <= '9')
        v = v * 10 + (uint64_t)(c->text[i++] - '0');
    if (i == c->at)
        return false;
    c->at = i;
    *value = v;
    return true;
}

/* The first wrong place counts. */
static void damaged(struct log_item *item, size_t bad_at, size_t after, const char *expected)
{
    if (item->expected)
        return;
    item->kind = LOG_ITEM_DAMAGED;
    item->bad_at = bad_at;
    item->after = after;
    item->expected = expected;
}

/* The same where only the CRC is wrong. */
static void crc_differs(struct log_item *item, size_t bad_at, size_t after, uint32_t found, uint32_t computed)
{
    if (item->expected)
        return;
    damaged(item, bad_at, after, "another CRC");
    item->crc_differs = true;
    item->crc_found = found;
    item->crc_computed = computed;
}

/*
 * Looks for the "} *<crc32>" that ends the record whose JSON begins at `c->at`: a string of the object may hold the
 * same characters, so the first place with the right CRC counts.
 */
static void parse_record_end(const struct cursor *c, size_t text_at, enum log_item_kind kind, crc32_function *crc32,
                             struct log_item *item)
{
    const char *text = c->text + text_at;
    size_t limit = c->at + JSON_OBJECT_MAX + 2;

    if (limit > c->bytes)
        limit = c->bytes;
    for (size_t i = c->at; i + 3 <= limit; i++) {
        struct cursor tail = {c->text, c->bytes, i};
        size_t bytes = i + 1 - text_at;
        uint32_t computed;
        uint64_t crc;

        if (!take_text(&tail, "} *"))
            continue;
        if (!take_hex(&tail, CRC32_DIGITS, CRC32_DIGITS, &crc)) {
            damaged(item, tail.at, i, "CRC-32 as eight lower-case hex digits");
            continue;
        }
        computed = crc32(0, text, bytes);
        if (computed == crc) {
            *item = (struct log_item){.kind = kind,
                                      .at = item->at,
                                      .after = tail.at,
                                      .text = text,
                                      .text_bytes = bytes,
                                      .json = c->text + c->at,
                                      .json_bytes = i + 1 - c->at,
                                      .crc_computed = computed};
            return;
        }
        crc_differs(item, i + 3, i, (uint32_t)crc, computed);
    }
    damaged(item, limit, c->at, "'} *' and a CRC-32 after at most 200 characters of JSON");
    item->after = c->at;
}

/* `kind` is the item's kind where nothing is wrong: both writers' records have one grammar. */
static void parse_record(struct cursor *c, enum log_item_kind kind, crc32_function *crc32, struct log_item *item)
{
    size_t text_at = c->at;
    uint64_t seq = 0;

    if (!take_hex(c, SEQ_DIGITS_MIN, SEQ_DIGITS_MAX, &seq))
        damaged(item, c->at, c->at, "sequence number of at least four lower-case hex digits");
    else if (!take_text(c, " "))
        damaged(item, c->at, c->at, "blank after the sequence number");
    else if (c->at >= c->bytes || c->text[c->at] != '{')
        damaged(item, c->at, c->at, "'{' of a JSON object");
    else
        parse_record_end(c, text_at, kind, crc32, item);
    item->seq = (uint32_t)seq;
}

/* " run=<16 hex>" after BEGIN or END. The marks end in a blank, so it begins with "run=". */
static bool parse_run_id(struct cursor *c, struct log_item *item)
{
    uint64_t id;
    size_t id_at;

    if (!take_text(c, "run=")) {
        damaged(item, c->at, c->at, "run=");
        return false;
    }
    id_at = c->at;
    if (!take_hex(c, LOG_RUN_ID_CHARS, LOG_RUN_ID_CHARS, &id)) {
        damaged(item, c->at, c->at, "run identifier of 16 lower-case hex digits");
        return false;
    }
    memcpy(item->run_id, c->text + id_at, LOG_RUN_ID_CHARS);
    item->run_id[LOG_RUN_ID_CHARS] = '\0';
    return true;
}

static void parse_begin(struct cursor *c, struct log_item *item)
{
    if (!parse_run_id(c, item))
        return;
    if (!take_text(c, " fmt=") || !take_decimal(c, &item->format)) {
        damaged(item, c->at, c->at, "fmt= and a number");
        return;
    }
    item->kind = LOG_ITEM_BEGIN;
    item->after = c->at;
}

static void parse_end(struct cursor *c, struct log_item *item)
{
    if (!parse_run_id(c, item))
        return;
    if (!take_text(c, " result=")) {
        damaged(item, c->at, c->at, "result=");
        return;
    }
    for (item->result = RECORD_PASS; !take_text(c, RECORD_RESULT_WORDS[item->result]); item->result++)
        if (item->result == RECORD_ERROR) {
            damaged(item, c->at, c->at, "PASS, FAIL or ERROR");
            return;
        }
    item->kind = LOG_ITEM_END;
    item->after = c->at;
}

static bool is_mark(const char *text, size_t bytes, size_t at)
{
    struct cursor c = {text, bytes, at};

    return take_text(&c, RECORD_MARK) || take_text(&c, RECORD_HOST_MARK) || take_text(&c, BEGIN_MARK) ||
           take_text(&c, END_MARK);
}

/* Offset of the next mark at or after `from`, or `bytes`. */
static size_t find_mark(const char *text, size_t bytes, size_t from)
{
    for (size_t i = from; i < bytes; i++)
        if ((text[i] == '#' || text[i] == 'I') && is_mark(text, bytes, i))
            return i;
    return bytes;
}

/* Splits "name # detail" of a verdict whose text ends at `end`. */
static void parse_verdict_text(const struct cursor *c, size_t end, struct log_item *item)
{
    const char *hash = NULL;

    item->name = c->text + c->at;
    for (size_t i = c->at; i + 3 <= end && !hash; i++)
        if (memcmp(c->text + i, " # ", 3) == 0)
            hash = c->text + i;
    item->name_bytes = (size_t)((hash ? hash : c->text + end) - item->name);
    if (!hash)
        return;
    item->detail = hash + 3;
    item->detail_bytes = (size_t)(c->text + end - item->detail);
    if (item->detail_bytes >= 4 && memcmp(item->detail, "SKIP", 4) == 0) {
        size_t cut = item->detail_bytes > 4 && item->detail[4] == ' ' ? 5 : 4;

        item->skip = true;
        item->detail += cut;
        item->detail_bytes -= cut;
    }
}

/* "ok 3 name # detail ~hhhh". Returns false where the line only looks like one ("ok then"). */
static bool parse_verdict(struct cursor *c, struct log_item *item)
{
    size_t from = c->at;
    size_t most, limit;

    item->ok = !take_text(c, "not ");
    if (!take_text(c, "ok ") || !take_decimal(c, &item->number) || !take_text(c, " "))
        return false;
    most = c->bytes - from < VERDICT_CHARS_MAX ? c->bytes : from + VERDICT_CHARS_MAX;
    limit = find_mark(c->text, most, c->at);
    for (size_t i = c->at; i + 2 + CRC16_DIGITS <= limit; i++) {
        struct cursor tail = {c->text, limit, i};
        uint16_t computed;
        uint64_t crc;

        if (!take_text(&tail, " ~") || !take_hex(&tail, CRC16_DIGITS, CRC16_DIGITS, &crc))
            continue;
        computed = crc16_ccitt(c->text + from, i - from);
        if (computed == crc) {
            item->kind = LOG_ITEM_VERDICT;
            item->after = tail.at;
            item->crc_computed = computed;
            parse_verdict_text(c, i, item);
            return true;
        }
        crc_differs(item, i + 2, i, (uint32_t)crc, computed);
    }
    damaged(item, limit, limit, "' ~' and a CRC-16 at the end of the verdict");
    item->after = find_mark(c->text, c->bytes, c->at);
    return true;
}

/* The kinds of line that carry no mark: they count only at the beginning of a line, or right behind an item. */
static bool parse_unmarked(struct cursor *c, struct log_item *item)
{
    bool is_plan;

    if (take_text(c, "KTAP version ")) {
        item->kind = LOG_ITEM_VERSION;
        if (!take_decimal(c, &item->number) || item->number != 1)
            damaged(item, c->at, c->at, "version 1");
        item->after = c->at;
        return true;
    }
    if (!take_text(c, "1.."))
        return parse_verdict(c, item);
    item->kind = LOG_ITEM_PLAN;
    is_plan = take_decimal(c, &item->number) && (c->at == c->bytes || is_mark(c->text, c->bytes, c->at));
    item->after = c->at;
    return is_plan;
}

void record_line_next(const char *text, size_t bytes, size_t from, crc32_function *crc32, struct log_item *item)
{
    struct cursor c = {text, bytes, from};

    memset(item, 0, sizeof(*item));
    item->at = from;
    if (parse_unmarked(&c, item))
        return;
    memset(item, 0, sizeof(*item));
    c.at = item->at = find_mark(text, bytes, from);
    if (take_text(&c, RECORD_MARK))
        parse_record(&c, LOG_ITEM_RECORD, crc32, item);
    else if (take_text(&c, RECORD_HOST_MARK))
        parse_record(&c, LOG_ITEM_HOST, crc32, item);
    else if (take_text(&c, BEGIN_MARK))
        parse_begin(&c, item);
    else if (take_text(&c, END_MARK))
        parse_end(&c, item);
    else
        item->after = bytes;
}
