/* SPDX-License-Identifier: MIT */
/* The rows of a step in a report: as tables, and as the numbers of its curves. */
#include <string.h>

#include "lib/rows/rows.h"
#include "run/tool/report/view.h"
#include "run/tool/model/rows.h"
#include "run/tool/model/vitals.h"

/* A longer table is closed until a reader opens it. */
#define OPEN_ROWS_MAX 24

static void print_cells(FILE *out, const struct model_run *run, const struct model_row *row,
                        const struct row_columns *columns)
{
    char text[ROW_CELL_CHARS];
    fputs("<tr>", out);
    for (size_t c = 0; c < columns->count; c++) {
        fputs(columns->numbers[c] ? "<td class=\"number\">" : "<td>", out);
        report_text(out, row_cell(text, run, row, columns->names[c], false));
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

static void print_kind(FILE *out, const struct model_run *run, const struct model_step *step, const char *kind,
                       const char *label)
{
    struct row_columns columns;
    row_columns_of(step, kind, &columns);
    fprintf(out, "<details%s><summary>", columns.row_count <= OPEN_ROWS_MAX ? " open" : "");
    report_text(out, label);
    fputs(": ", out);
    report_text(out, kind);
    fprintf(out, ", %zu rows</summary><div class=\"wide\" tabindex=\"0\"><table><thead><tr>", columns.row_count);
    for (size_t c = 0; c < columns.count; c++) {
        fputs(columns.numbers[c] ? "<th class=\"number\">" : "<th>", out);
        report_text(out, columns.names[c]);
        fputs("</th>", out);
    }
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; i < step->row_count; i++)
        if (strcmp(step->rows[i].kind, kind) == 0)
            print_cells(out, run, &step->rows[i], &columns);
    fputs("</tbody></table></div></details>\n", out);
}

void report_rows(FILE *out, const struct model_run *run, const struct model_step *step, const char *label)
{
    for (size_t i = 0; i < step->row_count; i++)
        if (row_kind_begins(step, i) && !vitals_is_kind(step->rows[i].kind))
            print_kind(out, run, step, step->rows[i].kind, label);
}

/* The members on the y axis as a list. */
static json_t *y_members(const struct row_plot *plot)
{
    const char *at = row_kind_of(plot->kind)->members;
    json_t *list = json_array();
    struct row_member member;
    while (row_member_next(&at, &member))
        if (plot->y[0] ? strcmp(member.name, plot->y) == 0 || strcmp(member.name, plot->second_y) == 0
                       : strcmp(member.unit, "ppm") == 0)
            json_array_append_new(list, json_string(member.name));
    return list;
}

json_t *report_curves(void)
{
    json_t *list = json_array();
    for (size_t i = 0; row_plot_at(i); i++) {
        const struct row_plot *plot = row_plot_at(i);
        json_t *y = y_members(plot);
        struct row_member first;
        row_member_of(plot->kind, json_string_value(json_array_get(y, 0)), &first);
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s}", "kind", plot->kind, "title",
                                        plot->title, "x", plot->x, "xLabel", plot->x_label, "y", y, "yLabel",
                                        plot->y_label, "unit", first.unit, "by", plot->by, "per", plot->per));
    }
    return list;
}

json_t *report_row_numbers(const struct model_run *run, const struct model_step *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < step->row_count; i++) {
        const struct model_row *row = &step->rows[i];
        json_t *copy = json_object(), *value;
        const char *name;
        json_object_foreach(row->values, name, value)
        {
            struct measure measure = row_measure(run, row, name, false);
            if (json_is_number(value))
                json_object_set_new(copy, name, json_real(json_number_value(value) * measure.factor));
            else
                json_object_set(copy, name, value);
        }
        json_array_append_new(list, copy);
    }
    return list;
}
