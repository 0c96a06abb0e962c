/* SPDX-License-Identifier: MIT */
/* Text tables as wide as their content, that leave out their least important columns where the terminal is narrower. */
#ifndef LAB_TOOL_SHOW_TEXT_TABLE_H
#define LAB_TOOL_SHOW_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "run/tool/show/paint.h"

#define TABLE_COLUMNS_MAX 48

struct table_column {
    const char *title;
    bool right;     /* numbers stand at the right */
    int importance; /* columns with the smallest one go first; 0 is never left out */
};

struct table {
    const struct table_column *columns;
    size_t column_count;
    char **cells;       /* row by row, owned */
    bool *headings;     /* row by row, owned: the text of the first cell goes over all columns */
    enum paint *paints; /* row by row, owned */
    size_t row_count, row_room;
};

/* An empty table with at most TABLE_COLUMNS_MAX columns. */
void table_init(struct table *table, const struct table_column *columns, size_t column_count);

/* Adds a row of empty cells. Returns false without memory. */
bool table_add_row(struct table *table);

/* Adds a row that is one text over all columns; it makes no column wider. */
void table_add_heading(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets a cell of the last row, like printf. */
void table_set(struct table *table, size_t column, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The last row's colour on a terminal. */
void table_paint(struct table *table, enum paint colour);

/*
 * Prints it; lines are at most `width` characters where leaving columns out, cutting the last one's words and giving
 * the first a line of its own can do that. Text is taken as one column a byte, except UTF-8 continuation bytes.
 */
void table_print(const struct table *table, FILE *out, size_t width);

void table_free(struct table *table);

/* Width of the terminal behind `out`; where it is none the variable COLUMNS, and without that `otherwise`. */
size_t terminal_width(FILE *out, size_t otherwise);

/*
 * Prints `text` in lines of at most `width` columns; the first begins after `used` columns, the others after `indent`
 * blanks.
 */
void print_wrapped(FILE *out, const char *text, size_t used, size_t indent, size_t width);

/* The same without an end of line, with a blank in front of the first word or without. Returns the last column. */
size_t print_words(FILE *out, const char *text, size_t column, size_t indent, size_t width, bool blank);

/*
 * Prints a text by words, indented, in at most so many lines (one or more) of `width` columns (eight or more); of a
 * longer text the last line is cut. Returns how many lines it took.
 */
size_t print_clipped(FILE *out, const char *text, size_t width, size_t lines_max);

#endif
