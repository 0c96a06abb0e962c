/* SPDX-License-Identifier: MIT */
/* Lines and fields of a CSV input of replay. Only this folder includes it. */
#ifndef LAB_TOOL_REPLAY_LINE_H
#define LAB_TOOL_REPLAY_LINE_H

#include <stdbool.h>
#include <stdint.h>

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

/*
 * The next field, which must be a whole number within low to high; `column_name` is for the complaint. 0 where it is
 * refused.
 */
int64_t replay_line_number(struct replay_cursor *cursor, const char *column_name, int64_t low, int64_t high);

/* True where the next field is a question mark; the cursor then moves behind it. */
bool replay_line_unknown(struct replay_cursor *cursor);

/* The next field, which must be one of `words` (NULL at the end). Its index; 0 where it is refused. */
uint32_t replay_line_word(struct replay_cursor *cursor, const char *column_name, const char *const *words);

/* The next field as text of 1 to bytes - 1 printable characters, with a NUL behind it. */
void replay_line_text(struct replay_cursor *cursor, const char *column_name, char *text, uint32_t bytes);

/* After the last field: complains of more. False where any field of the line was refused. */
bool replay_line_end(struct replay_cursor *cursor);

#endif
