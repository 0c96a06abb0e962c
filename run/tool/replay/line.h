/* SPDX-License-Identifier: MIT */
/* Lines and fields of a CSV input of replay. Only this folder includes it. */
#ifndef LAB_TOOL_REPLAY_LINE_H
#define LAB_TOOL_REPLAY_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "run/tool/replay/csv.h"

/* Where the next field of the current line begins. */
struct replay_cursor {
    struct replay_csv *csv;
    uint32_t at;
    bool bad; /* a field was refused: csv->error holds the first complaint */
};

/* The next line that is neither empty nor a comment, without its end (LF or CR LF). */
enum replay_csv_result replay_line_next(struct replay_csv *csv);

/* Reads the header line and compares it with `expected`; `more` may stand behind it (*has_more), NULL for nothing. */
enum replay_csv_result replay_line_header(struct replay_csv *csv, const char *expected, const char *more,
                                          bool *has_more);

struct replay_cursor replay_line_fields(struct replay_csv *csv);

/* Notes a complaint about the characters at `column` (from 0), unless there is one already. */
void replay_line_complain(struct replay_cursor *cursor, uint32_t column, const char *expected);

/* As replay_line_number(), which is for the trace's many rows; this one takes numbers of up to 18 digits. */
int64_t replay_line_any_number(struct replay_cursor *cursor, const char *column_name, int64_t low, int64_t high);

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "replay_line_digits() reads the first digit lowest");

/*
 * The digits at `text`, at most eight, as a number: all at once, for a loop over fields of unlike lengths has the
 * processor guess wrong at each of them. Eight bytes are read whatever stands there.
 */
static inline __attribute__((always_inline)) uint64_t replay_line_digits(const char *text, uint32_t *count)
{
    uint64_t bytes, others;

    memcpy(&bytes, text, sizeof(bytes));
    bytes ^= UINT64_C(0x3030303030303030);
    /* The high bit of each byte over 9; above the first of them, others may have it too. */
    others = ((bytes + UINT64_C(0x7676767676767676)) | bytes) & UINT64_C(0x8080808080808080);
    *count = others ? (uint32_t)__builtin_ctzll(others) / 8 : 8;
    /* Zeros in front of the first digit; then pairs, fours, and all eight are put together. */
    bytes = bytes << ((64 - 8 * *count) & 63);
    bytes = bytes * 10 + (bytes >> 8);
    bytes = ((bytes & UINT64_C(0xFF000000FF)) * UINT64_C(0xF424000000064) +
             ((bytes >> 16) & UINT64_C(0xFF000000FF)) * UINT64_C(0x271000000001)) >>
            32;
    return *count > 0 ? bytes : 0;
}

/*
 * The next field, which must be a whole number within low to high; `column_name` is for the complaint. 0 where it is
 * refused. Most are of 1 to 16 digits, and right.
 */
static inline __attribute__((always_inline)) int64_t
replay_line_number(struct replay_cursor *cursor, const char *column_name, int64_t low, int64_t high)
{
    static const uint32_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
    const struct replay_csv *csv = cursor->csv;
    const char *text = csv->text + cursor->at;
    uint32_t count, more, end;
    int64_t number = (int64_t)replay_line_digits(text, &count);

    end = cursor->at + count;
    if (count == 8) {
        int64_t rest = (int64_t)replay_line_digits(text + 8, &more);

        number = number * tens[more] + rest;
        end += more;
    }
    if (count == 0 || cursor->at > csv->bytes || (csv->text[end] != ',' && end != csv->bytes) || number < low ||
        number > high)
        return replay_line_any_number(cursor, column_name, low, high);
    cursor->at = end + 1;
    return number;
}

/* The next field's character, where it has one; else 0. The cursor stays. */
static inline char replay_line_letter(const struct replay_cursor *cursor)
{
    const struct replay_csv *csv = cursor->csv;
    const char *text = csv->text + cursor->at;

    return cursor->at < csv->bytes && (text[1] == ',' || cursor->at + 1 == csv->bytes) ? text[0] : 0;
}

/* True where the next field is a question mark; the cursor then moves behind it. */
bool replay_line_unknown(struct replay_cursor *cursor);

/* The next field, which must be one of `words` (NULL at the end). Its index; 0 where it is refused. */
uint32_t replay_line_word(struct replay_cursor *cursor, const char *column_name, const char *const *words);

/* The next field as text of 1 to bytes - 1 printable characters, with a NUL behind it. */
void replay_line_text(struct replay_cursor *cursor, const char *column_name, char *text, uint32_t bytes);

/* After the last field: complains of more. False where any field of the line was refused. */
bool replay_line_end(struct replay_cursor *cursor);

#endif
