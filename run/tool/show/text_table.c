/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* strcasestr, vasprintf */
#include "run/tool/show/text_table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GAP_COLUMNS    2
#define WIDTH_MAX      1000 /* of COLUMNS; more is no terminal */
#define CELL_MIN       8    /* what is left of a cell that is cut */
#define CLIPPED_INDENT 2    /* of the first line; twice that of the others */
#define HEADING_INDENT 3
#define STACK_INDENT   2 /* of the other columns, where the first has a line of its own */

/* Columns that it takes. */
static size_t text_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

/* As much of a text as `width` columns hold, with two full stops where it is cut. */
static void print_cell(FILE *out, const char *text, size_t width)
{
    size_t keep = 0, columns = 0;

    if (text_width(text) <= width) {
        fputs(text, out);
        return;
    }
    while (text[keep] && (columns < width - 2 || ((unsigned char)text[keep] & 0xC0) == 0x80))
        columns += ((unsigned char)text[keep++] & 0xC0) != 0x80;
    fprintf(out, "%.*s..", (int)keep, text);
}

size_t terminal_width(FILE *out, size_t otherwise)
{
    struct winsize size;
    int fd = out == stdout ? STDOUT_FILENO : fileno(out);
    const char *columns;
    unsigned long number;
    char *end;

    if (isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    columns = getenv("COLUMNS");
    number = columns ? strtoul(columns, &end, 10) : 0;
    return number > 0 && number <= WIDTH_MAX && *end == '\0' ? number : otherwise;
}

size_t print_words(FILE *out, const char *text, size_t column, size_t indent, size_t width, bool blank)
{
    while (*text) {
        size_t word = strcspn(text, " ");
        if (column + blank + word > width && column > indent) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            blank = false;
        }
        if (blank)
            fputc(' ', out);
        fprintf(out, "%.*s", (int)word, text);
        column += word + blank;
        blank = true;
        text += word;
        text += strspn(text, " ");
    }
    return column;
}

void print_wrapped(FILE *out, const char *text, size_t used, size_t indent, size_t width)
{
    print_words(out, text, used, indent, width, false);
    fputc('\n', out);
}

/* Bytes of the words that fit on one line; of a single word that is too long, as many as fit. */
static size_t line_bytes(const char *text, size_t room)
{
    size_t fits = 0;

    for (size_t at = 0, columns = 0;; at++) {
        if (text[at] == ' ' || text[at] == '\0')
            fits = at;
        if (text[at] == '\0')
            return fits;
        columns += ((unsigned char)text[at] & 0xC0) != 0x80;
        if (columns > room)
            return fits ? fits : at;
    }
}

size_t print_clipped(FILE *out, const char *text, size_t width, size_t lines_max)
{
    size_t lines = 1, indent = CLIPPED_INDENT;

    for (; lines < lines_max && text[line_bytes(text, width - indent)]; lines++) {
        size_t bytes = line_bytes(text, width - indent);

        fprintf(out, "%*s%.*s\n", (int)indent, "", (int)bytes, text);
        text += bytes + strspn(text + bytes, " ");
        indent = 2 * CLIPPED_INDENT;
    }
    fprintf(out, "%*s", (int)indent, "");
    print_cell(out, text, width - indent);
    fputc('\n', out);
    return lines;
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
        enum paint *paints;

        if (!cells)
            return false;
        table->cells = cells;
        headings = realloc(table->headings, room * sizeof(*headings));
        if (!headings)
            return false;
        table->headings = headings;
        paints = realloc(table->paints, room * sizeof(*paints));
        if (!paints)
            return false;
        table->paints = paints;
        table->row_room = room;
    }
    memset(table->cells + table->row_count * table->column_count, 0, table->column_count * sizeof(*table->cells));
    table->headings[table->row_count] = false;
    table->paints[table->row_count] = PAINT_PLAIN;
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

void table_paint(struct table *table, enum paint colour)
{
    table->paints[table->row_count - 1] = colour;
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

/* The last column that is shown, where it has words; 0: it has numbers. */
static size_t last_text(const struct table *table, const size_t *widths)
{
    size_t last = table->column_count;

    while (last > 1 && widths[last - 1] == 0)
        last--;
    return last > 0 && !table->columns[last - 1].right ? last - 1 : 0;
}

/* Makes a column as narrow as the line needs, but not narrower than CELL_MIN. */
static void cut_column(const struct table *table, size_t *widths, size_t column, size_t width)
{
    size_t total = total_width(table, widths), too_much = total > width ? total - width : 0;

    if (too_much && widths[column] > CELL_MIN)
        widths[column] = widths[column] - CELL_MIN > too_much ? widths[column] - too_much : CELL_MIN;
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
        if (i == 0 && widths[0] == STACK_INDENT)
            text = "";
        pad = widths[i] > text_width(text) ? widths[i] - text_width(text) : 0;
        if (table->columns[i].right)
            owed += pad;
        if (text[0]) {
            fprintf(out, "%*s", (int)owed, "");
            print_cell(out, text, widths[i]);
            owed = 0;
        }
        owed += (table->columns[i].right ? 0 : pad) + GAP_COLUMNS;
    }
    fputc('\n', out);
}

void table_print(const struct table *table, FILE *out, size_t width)
{
    size_t widths[TABLE_COLUMNS_MAX];
    bool stacked;

    for (size_t i = 0; i < table->column_count; i++) {
        bool empty = true;
        for (size_t row = 0; row < table->row_count && empty; row++)
            empty = table->headings[row] || cell_text(table, row, i)[0] == '\0';
        widths[i] = empty ? 0 : column_width(table, i);
    }
    while (total_width(table, widths) > width && drop_column(table, widths))
        continue;
    /* The last column is cut, where it has words; then the first gets a line of its own above the others. */
    cut_column(table, widths, last_text(table, widths), width);
    stacked = total_width(table, widths) > width && widths[0] > STACK_INDENT;
    if (stacked)
        widths[0] = STACK_INDENT;
    paint(out, PAINT_HEAD);
    print_row(table, out, widths, 0, true);
    paint(out, PAINT_PLAIN);
    for (size_t row = 0; row < table->row_count; row++)
        if (table->headings[row]) {
            print_wrapped(out, cell_text(table, row, 0), 0, HEADING_INDENT, width);
        } else {
            paint(out, table->paints[row]);
            if (stacked && cell_text(table, row, 0)[0])
                fprintf(out, "%s\n", cell_text(table, row, 0));
            print_row(table, out, widths, row, false);
            paint(out, PAINT_PLAIN);
        }
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->row_count * table->column_count; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table->headings);
    free(table->paints);
}
