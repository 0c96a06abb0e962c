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

/* Reads up to the line's end. False at the end of the file. */
static bool read_line(struct replay_csv *csv, bool *too_long)
{
    int byte;

    csv->bytes = 0;
    *too_long = false;
    while ((byte = getc_unlocked(csv->file)) != EOF && byte != '\n') {
        if (csv->bytes == REPLAY_LINE_BYTES - 1) {
            *too_long = true;
            break;
        }
        csv->text[csv->bytes++] = (char)byte;
    }
    if (byte == EOF && csv->bytes == 0)
        return false;
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

enum replay_csv_result replay_line_header(struct replay_csv *csv, const char *expected)
{
    struct replay_cursor cursor = {csv, 0, false};
    enum replay_csv_result result = replay_line_next(csv);
    char wanted[REPLAY_LINE_BYTES];
    uint32_t same = 0;

    if (result == REPLAY_CSV_BAD)
        return result;
    if (result == REPLAY_CSV_END)
        csv->line++;
    if (result == REPLAY_CSV_OK && strlen(expected) == csv->bytes && memcmp(csv->text, expected, csv->bytes) == 0)
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

/* Reads digits; false where there are none, others, or too many for 18 digits. */
static bool parse_number(const char *text, uint32_t bytes, int64_t *number)
{
    bool negative = bytes > 0 && text[0] == '-';
    uint32_t at = negative ? 1 : 0;

    *number = 0;
    if (at == bytes || bytes - at > 18)
        return false;
    for (; at < bytes; at++) {
        if (text[at] < '0' || text[at] > '9')
            return false;
        *number = *number * 10 + (text[at] - '0');
    }
    if (negative)
        *number = -*number;
    return true;
}

int64_t replay_line_number(struct replay_cursor *cursor, const char *column_name, int64_t low, int64_t high)
{
    char expected[128];
    uint32_t from;
    uint32_t bytes;
    int64_t number;

    if (cursor->bad)
        return 0;
    bytes = take_field(cursor, column_name, &from);
    if (cursor->bad)
        return 0;
    if (parse_number(cursor->csv->text + from, bytes, &number) && number >= low && number <= high)
        return number;
    snprintf(expected, sizeof(expected), "%s, a whole number from %" PRId64 " to %" PRId64, column_name, low, high);
    replay_line_complain(cursor, from, expected);
    return 0;
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
    used = snprintf(expected, sizeof(expected), "%s", column_name);
    for (uint32_t i = 0; words[i]; i++) {
        if (!cursor->bad && strlen(words[i]) == bytes && memcmp(cursor->csv->text + from, words[i], bytes) == 0)
            return i;
        used += snprintf(expected + used, sizeof(expected) - (size_t)used, "%s '%s'", i ? " or" : ",", words[i]);
    }
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
