/* SPDX-License-Identifier: MIT */
#include "run/tool/replay/line.h"

#include <inttypes.h>
#include <string.h>

enum {
    FOUND_BYTES = 40, /* of the offending text that a complaint quotes */
};

/* Quotes what stands there, up to the next comma, so that a complaint stays one printable line. */
static void quote(const struct replay_csv *csv, uint32_t from, char *quoted, size_t bytes)
{
    size_t used = 0;

    if (from >= csv->bytes) {
        snprintf(quoted, bytes, "the end of the line");
        return;
    }
    quoted[used++] = '\'';
    for (uint32_t i = from; i < csv->bytes && (i == from || csv->text[i] != ',') && used + 2 < bytes; i++)
        quoted[used++] = csv->text[i] >= ' ' && csv->text[i] <= '~' ? csv->text[i] : '?';
    quoted[used++] = '\'';
    quoted[used] = 0;
}

void replay_line_complain(struct replay_cursor *cursor, uint32_t column, const char *expected)
{
    struct replay_csv *csv = cursor->csv;
    char found[FOUND_BYTES];

    if (cursor->bad)
        return;
    cursor->bad = true;
    quote(csv, column, found, sizeof(found));
    snprintf(csv->error, sizeof(csv->error), "%s:%" PRIu64 ":%" PRIu32 ": expected %s, found %s", csv->name, csv->line,
             column + 1, expected, found);
}

/* Moves what is left of the block to its front and fills the rest. False where nothing came. */
static bool fill_block(struct replay_csv *csv)
{
    size_t left = csv->filled - csv->from, more;

    memmove(csv->block, csv->block + csv->from, left);
    csv->from = 0;
    more = fread(csv->block + left, 1, REPLAY_BLOCK_BYTES - left, csv->file);
    csv->filled = left + more;
    return more > 0;
}

/* Reads up to the line's end, or as far as a line may reach. False at the end of the file. */
static bool read_line(struct replay_csv *csv, bool *too_long)
{
    const char *end = memchr(csv->block + csv->from, '\n', csv->filled - csv->from);
    size_t bytes;

    if (!end && csv->filled - csv->from < REPLAY_LINE_BYTES) {
        while (!end && fill_block(csv) && csv->filled < REPLAY_BLOCK_BYTES)
            end = memchr(csv->block, '\n', csv->filled);
        end = memchr(csv->block, '\n', csv->filled);
    }
    if (csv->filled == csv->from)
        return false;
    csv->text = csv->block + csv->from;
    bytes = end ? (size_t)(end - csv->text) : csv->filled - csv->from;
    *too_long = bytes >= REPLAY_LINE_BYTES;
    csv->bytes = *too_long ? REPLAY_LINE_BYTES - 1 : (uint32_t)bytes;
    csv->from += csv->bytes + (end && !*too_long);
    csv->line++;
    if (csv->bytes > 0 && csv->text[csv->bytes - 1] == '\r')
        csv->bytes--;
    csv->text[csv->bytes] = 0;
    return true;
}

enum replay_csv_result replay_line_next(struct replay_csv *csv)
{
    struct replay_cursor cursor = {csv, 0, false};
    bool too_long;

    do {
        if (!read_line(csv, &too_long)) {
            if (!ferror(csv->file))
                return REPLAY_CSV_END;
            snprintf(csv->error, sizeof(csv->error), "%s:%" PRIu64 ": cannot be read", csv->name, csv->line + 1);
            return REPLAY_CSV_BAD;
        }
        if (too_long) {
            replay_line_complain(&cursor, 0, "a line of at most 254 characters");
            return REPLAY_CSV_BAD;
        }
    } while (csv->bytes == 0 || csv->text[0] == '#');
    return REPLAY_CSV_OK;
}

enum replay_csv_result replay_line_header(struct replay_csv *csv, const char *expected, const char *more,
                                          bool *has_more)
{
    struct replay_cursor cursor = {csv, 0, false};
    enum replay_csv_result result = replay_line_next(csv);
    char wanted[REPLAY_LINE_BYTES];
    uint32_t same = 0;
    size_t length = strlen(expected);

    if (result == REPLAY_CSV_BAD)
        return result;
    if (result == REPLAY_CSV_END)
        csv->line++;
    if (more)
        *has_more = result == REPLAY_CSV_OK && csv->bytes > length && strcmp(csv->text + length, more) == 0;
    if (result == REPLAY_CSV_OK && (csv->bytes == length || (more && *has_more)) &&
        memcmp(csv->text, expected, length) == 0)
        return REPLAY_CSV_OK;
    while (same < csv->bytes && csv->text[same] == expected[same])
        same++;
    snprintf(wanted, sizeof(wanted), "the header '%s'", expected);
    replay_line_complain(&cursor, same, wanted);
    return REPLAY_CSV_BAD;
}

struct replay_cursor replay_line_fields(struct replay_csv *csv)
{
    return (struct replay_cursor){csv, 0, false};
}

/* Length of the field at the cursor; moves the cursor behind its comma. */
static uint32_t take_field(struct replay_cursor *cursor, const char *column_name, uint32_t *from)
{
    const struct replay_csv *csv = cursor->csv;
    uint32_t end = cursor->at;

    *from = cursor->at;
    if (cursor->at > csv->bytes) {
        *from = csv->bytes;
        replay_line_complain(cursor, csv->bytes, column_name);
        return 0;
    }
    while (end < csv->bytes && csv->text[end] != ',')
        end++;
    cursor->at = end + 1;
    return end - *from;
}

/*
 * The number of up to 18 digits that fills the field at the cursor, which moves behind its comma. False, and the cursor
 * stays, where the field is anything else.
 */
static bool parse_number(struct replay_cursor *cursor, int64_t *number)
{
    uint32_t from = cursor->at, at = from, digits;
    bool negative = cursor->csv->text[at] == '-';
    int64_t sum = 0;

    at += negative;
    for (digits = 0; at < cursor->csv->bytes && cursor->csv->text[at] != ','; digits++, at++) {
        if (cursor->csv->text[at] < '0' || cursor->csv->text[at] > '9' || digits == 18)
            return false;
        sum = sum * 10 + (cursor->csv->text[at] - '0');
    }
    if (digits == 0)
        return false;
    *number = negative ? -sum : sum;
    cursor->at = at + 1;
    return true;
}

int64_t replay_line_any_number(struct replay_cursor *cursor, const char *column_name, int64_t low, int64_t high)
{
    char expected[128];
    uint32_t from = cursor->at;
    int64_t number;

    if (cursor->bad)
        return 0;
    if (from <= cursor->csv->bytes && parse_number(cursor, &number)) {
        if (number >= low && number <= high)
            return number;
    } else {
        take_field(cursor, column_name, &from);
    }
    snprintf(expected, sizeof(expected), "%s, a whole number from %" PRId64 " to %" PRId64, column_name, low, high);
    replay_line_complain(cursor, from, expected);
    return 0;
}

bool replay_line_unknown(struct replay_cursor *cursor)
{
    bool unknown = !cursor->bad && replay_line_letter(cursor) == '?';

    cursor->at += unknown ? 2 : 0;
    return unknown;
}

uint32_t replay_line_word(struct replay_cursor *cursor, const char *column_name, const char *const *words)
{
    char expected[128];
    uint32_t from;
    uint32_t bytes;
    int used;

    if (cursor->bad)
        return 0;
    bytes = take_field(cursor, column_name, &from);
    for (uint32_t i = 0; words[i] && !cursor->bad; i++)
        if (strlen(words[i]) == bytes && memcmp(cursor->csv->text + from, words[i], bytes) == 0)
            return i;
    used = snprintf(expected, sizeof(expected), "%s", column_name);
    for (uint32_t i = 0; words[i]; i++)
        used += snprintf(expected + used, sizeof(expected) - (size_t)used, "%s '%s'", i ? " or" : ",", words[i]);
    replay_line_complain(cursor, from, expected);
    return 0;
}

void replay_line_text(struct replay_cursor *cursor, const char *column_name, char *text, uint32_t bytes)
{
    char expected[128];
    uint32_t from;
    uint32_t length;

    text[0] = 0;
    if (cursor->bad)
        return;
    length = take_field(cursor, column_name, &from);
    snprintf(expected, sizeof(expected), "%s, 1 to %" PRIu32 " printable characters", column_name, bytes - 1);
    if (length == 0 || length >= bytes) {
        replay_line_complain(cursor, from, expected);
        return;
    }
    for (uint32_t i = 0; i < length; i++)
        if (cursor->csv->text[from + i] <= ' ' || cursor->csv->text[from + i] > '~')
            replay_line_complain(cursor, from + i, expected);
    memcpy(text, cursor->csv->text + from, length);
    text[length] = 0;
}

bool replay_line_end(struct replay_cursor *cursor)
{
    if (!cursor->bad && cursor->at <= cursor->csv->bytes)
        replay_line_complain(cursor, cursor->at - 1, "the end of the line");
    return !cursor->bad;
}
