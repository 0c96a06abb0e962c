/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* strcasestr, vasprintf */
#include "run/tool/show/text_table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GAP_COLUMNS    2
#define HEADING_INDENT 3

/* Columns that it takes. */
static size_t text_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

size_t terminal_width(FILE *out, size_t otherwise)
{
    struct winsize size;
    int fd = out == stdout ? STDOUT_FILENO : fileno(out);
    if (!isatty(fd))
        return otherwise;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return otherwise;
}

void print_wrapped(FILE *out, const char *text, size_t used, size_t indent, size_t width)
{
    size_t column = used;
    bool first = true;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (!first && column + 1 + word > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        if (!first)
            fputc(' ', out);
        fprintf(out, "%.*s", (int)word, text);
        column += word + !first;
        first = false;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

void table_init(struct table *table, const struct table_column *columns, size_t column_count)
{
    *table = (struct table){.columns = columns, .column_count = column_count};
}

bool table_add_row(struct table *table)
{
    if (table->row_count == table->row_room) {
        size_t room = table->row_room ? table->row_room * 2 : 16;
        char **cells = realloc(table->cells, room * table->column_count * sizeof(*cells));
        bool *headings;

        if (!cells)
            return false;
        table->cells = cells;
        headings = realloc(table->headings, room * sizeof(*headings));
        if (!headings)
            return false;
        table->headings = headings;
        table->row_room = room;
    }
    memset(table->cells + table->row_count * table->column_count, 0, table->column_count * sizeof(*table->cells));
    table->headings[table->row_count] = false;
    table->row_count++;
    return true;
}

void table_add_heading(struct table *table, const char *format, ...)
{
    char **cell;
    va_list args;
    if (!table_add_row(table))
        return;
    cell = &table->cells[(table->row_count - 1) * table->column_count];
    table->headings[table->row_count - 1] = true;
    va_start(args, format);
    if (vasprintf(cell, format, args) < 0)
        *cell = NULL;
    va_end(args);
}

void table_set(struct table *table, size_t column, const char *format, ...)
{
    char **cell = &table->cells[(table->row_count - 1) * table->column_count + column];
    va_list args;
    va_start(args, format);
    free(*cell);
    if (vasprintf(cell, format, args) < 0)
        *cell = NULL;
    va_end(args);
}

static const char *cell_text(const struct table *table, size_t row, size_t column)
{
    const char *text = table->cells[row * table->column_count + column];
    return text ? text : "";
}

static size_t column_width(const struct table *table, size_t column)
{
    size_t width = text_width(table->columns[column].title);
    for (size_t row = 0; row < table->row_count; row++) {
        size_t cell;

        if (table->headings[row])
            continue;
        cell = text_width(cell_text(table, row, column));
        if (cell > width)
            width = cell;
    }
    return width;
}

/* Leaves out the least important column that is still there. False where none may go. */
static bool drop_column(const struct table *table, size_t *widths)
{
    size_t least = table->column_count;
    for (size_t i = 0; i < table->column_count; i++) {
        int importance = table->columns[i].importance;
        if (widths[i] == 0 || importance == 0)
            continue;
        if (least == table->column_count || importance < table->columns[least].importance)
            least = i;
    }
    if (least == table->column_count)
        return false;
    widths[least] = 0;
    return true;
}

static size_t total_width(const struct table *table, const size_t *widths)
{
    size_t total = 0;
    for (size_t i = 0; i < table->column_count; i++)
        total += widths[i] ? widths[i] + GAP_COLUMNS : 0;
    return total > GAP_COLUMNS ? total - GAP_COLUMNS : 0;
}

static void print_row(const struct table *table, FILE *out, const size_t *widths, size_t row, bool title)
{
    size_t owed = 0; /* blanks before the next cell, so that no line ends in blanks */
    for (size_t i = 0; i < table->column_count; i++) {
        const char *text;
        size_t pad;

        if (widths[i] == 0)
            continue;
        text = title ? table->columns[i].title : cell_text(table, row, i);
        pad = widths[i] - text_width(text);
        if (table->columns[i].right)
            owed += pad;
        if (text[0]) {
            fprintf(out, "%*s%s", (int)owed, "", text);
            owed = 0;
        }
        owed += (table->columns[i].right ? 0 : pad) + GAP_COLUMNS;
    }
    fputc('\n', out);
}

void table_print(const struct table *table, FILE *out, size_t width)
{
    size_t widths[TABLE_COLUMNS_MAX];
    for (size_t i = 0; i < table->column_count; i++) {
        bool empty = true;
        for (size_t row = 0; row < table->row_count && empty; row++)
            empty = table->headings[row] || cell_text(table, row, i)[0] == '\0';
        widths[i] = empty ? 0 : column_width(table, i);
    }
    while (total_width(table, widths) > width && drop_column(table, widths))
        continue;
    print_row(table, out, widths, 0, true);
    for (size_t row = 0; row < table->row_count; row++)
        if (table->headings[row])
            print_wrapped(out, cell_text(table, row, 0), 0, HEADING_INDENT, width);
        else
            print_row(table, out, widths, row, false);
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->row_count * table->column_count; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table->headings);
}
