/* SPDX-License-Identifier: MIT */
/* The part of `show` that prints the tables of a step's own rows. */
#include <stdio.h>
#include <string.h>

#include "run/tool/model/rows.h"
#include "run/tool/model/vitals.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/view.h"
#include "run/tool/show/text_table.h"

/* --step shows longer tables. */
#define ROWS_SHOWN_MAX  29
#define INDENT          "    "
#define TITLE_CHARS     64
#define ROWS_TEXT_CHARS 256
/* The first columns say what the row is about and are never left out. */
#define COLUMNS_KEPT    2
#define IMPORTANCE_BASE 100

/* Leaves out what makes wide cells. */
static void drop_lists(struct row_columns *columns)
{
    size_t kept = 0;
    for (size_t c = 0; c < columns->count; c++) {
        if (columns->lists[c])
            continue;
        columns->names[kept] = columns->names[c];
        columns->numbers[kept++] = columns->numbers[c];
    }
    columns->count = kept;
}

static void print_kind(const struct show_view *view, const struct model_run *run, const struct model_step *step,
                       const char *kind, const struct row_columns *columns)
{
    struct table_column titles[ROW_COLUMNS_MAX];
    struct table table;
    char first[TITLE_CHARS], text[ROW_CELL_CHARS];
    if (columns->count == 0)
        return;
    snprintf(first, sizeof(first), INDENT "%s", columns->names[0]);
    for (size_t c = 0; c < columns->count; c++)
        titles[c] = (struct table_column){c == 0 ? first : columns->names[c], columns->numbers[c],
                                          c < COLUMNS_KEPT ? 0 : (int)(IMPORTANCE_BASE - c)};
    table_init(&table, titles, columns->count);
    for (size_t i = 0; i < step->row_count; i++) {
        if (strcmp(step->rows[i].kind, kind) != 0)
            continue;
        if (!table_add_row(&table))
            break;
        for (size_t c = 0; c < columns->count; c++)
            table_set(&table, c, "%s%s", c == 0 ? INDENT : "",
                      row_cell(text, run, &step->rows[i], columns->names[c], view->ticks));
    }
    table_print(&table, view->out, view->width);
    table_free(&table);
}

/* The tables of one step: whole, or those of many rows only named. */
static void print_step(const struct show_view *view, const struct model_run *run, const struct model_step *step,
                       bool whole)
{
    for (size_t i = 0; i < step->row_count; i++) {
        struct row_columns columns;
        const char *kind = step->rows[i].kind;
        char text[ROWS_TEXT_CHARS];
        bool is_named;
        if (!row_kind_begins(step, i) || (!whole && vitals_is_kind(kind)))
            continue;
        row_columns_of(step, kind, &columns);
        fprintf(view->out, "  %s:", step->name);
        is_named = !whole && columns.row_count > ROWS_SHOWN_MAX;
        snprintf(text, sizeof(text), is_named ? "%s, %zu rows: --step %s" : "%s", kind, columns.row_count, step->name);
        print_words(view->out, text, strlen(step->name) + 3, sizeof(INDENT) - 1, view->width, true);
        fputc('\n', view->out);
        if (is_named)
            continue;
        if (!whole)
            drop_lists(&columns);
        print_kind(view, run, step, kind, &columns);
    }
}

/* Rows beside those of the table of clocks and residencies. */
static bool has_own(const struct model_step *step)
{
    for (size_t i = 0; i < step->row_count; i++)
        if (!vitals_is_kind(step->rows[i].kind))
            return true;
    return false;
}

void show_rows(const struct show_view *view, const struct model_run *run)
{
    bool any = false;
    for (size_t i = 0; i < run->step_count; i++) {
        if (has_own(&run->steps[i]) && !any)
            paint_heading(view->out, "Tables");
        any = any || has_own(&run->steps[i]);
        print_step(view, run, &run->steps[i], false);
    }
}

void show_step_rows(const struct show_view *view, const struct model_run *run, const struct model_step *step)
{
    if (step->row_count > 0)
        fputc('\n', view->out);
    print_step(view, run, step, true);
}
