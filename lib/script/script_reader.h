/* SPDX-License-Identifier: MIT */
/*
 * The characters of a script, one word at a time, with line and column. For lib/script/script.c only.
 *
 * Pure: any context, no state but the caller's.
 */
#ifndef LAB_LIB_SCRIPT_SCRIPT_READER_H
#define LAB_LIB_SCRIPT_SCRIPT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/script/script_error.h"

struct script_reader {
    const char *text;
    size_t bytes;
    size_t offset;     /* of the next character */
    size_t line_start; /* offset of the line's first character */
    uint32_t line;
};

/* Begins at the first character, after a UTF-8 byte order mark where there is one. */
struct script_reader script_reader_begin(const char *text, size_t bytes);

/* Steps over blanks, and over a comment up to its line end or to a control character in it. */
void script_reader_skip_blanks(struct script_reader *reader);

/* Steps over the rest of a line, not over its end. */
void script_reader_skip_line(struct script_reader *reader);

/* Steps over one line end (LF, CR LF or CR), at which the reader must stand. */
void script_reader_next_line(struct script_reader *reader);

/* True at the end of the text; at the end of the text or of a line; at either or at a `;`. */
bool script_reader_at_end(const struct script_reader *reader);
bool script_reader_at_line_end(const struct script_reader *reader);
bool script_reader_at_statement_end(const struct script_reader *reader);

/* True where a word begins: printable ASCII but blanks, `;` and `#`. */
bool script_reader_at_word(const struct script_reader *reader);

/* The next `bytes` characters as a token; the reader stays. */
struct script_token script_reader_peek(const struct script_reader *reader, size_t bytes);

/* Reads the word at which the reader stands. */
struct script_token script_reader_word(struct script_reader *reader);

/* Characters from the start of this line to its end. */
size_t script_reader_line_bytes(const struct script_reader *reader);

#endif /* LAB_LIB_SCRIPT_SCRIPT_READER_H */
