/* SPDX-License-Identifier: MIT */
/* The rows of a step in a report: as tables, and as the numbers of its curves. */
#include <string.h>

#include "lib/rows/rows.h"
#include "run/tool/report/view.h"
#include "run/tool/model/rows.h"
#include "run/tool/model/trust.h"
#include "run/tool/model/vitals.h"

/* A longer table is closed until a reader opens it. */
#define OPEN_ROWS_MAX 24
/* Values of a column from which its unit is taken. */
#define VALUES_MAX    4096

/* The unit of each column: of a time the one that suits most of its values. */
static void find_scales(const struct model_run *run, const struct model_step *step, const char *kind,
                        const struct row_columns *columns, struct report_scale *scales)
{
    static double values[VALUES_MAX];

    for (size_t c = 0; c < columns->count; c++) {
        size_t count = 0;
        for (size_t i = 0; i < step->row_count && count < VALUES_MAX; i++) {
            const struct model_row *row = &step->rows[i];
            struct measure measure = row_measure(run, row, columns->names[c], false);
            if (strcmp(row->kind, kind) == 0 && strcmp(measure.unit, "ns") == 0)
                values[count++] = json_number_value(json_object_get(row->values, columns->names[c])) * measure.factor;
        }
        scales[c] = report_scale_of(values, count);
    }
}

static void print_cell(FILE *out, const struct model_run *run, const struct model_step *step,
                       const struct model_row *row, const char *name, struct report_scale scale)
{
    const json_t *value = json_object_get(row->values, name);
    struct measure measure = row_measure(run, row, name, false);
    int64_t bound = trust_bound_of_row(run, step, row, name);
    char text[ROW_CELL_CHARS], shown[MEASURE_CHARS];

    if (json_is_integer(value) && !trust_usable(json_integer_value(value), bound))
        fprintf(out, "± %s, not usable", report_scaled(shown, scale, measure, (double)bound * measure.factor));
    else if (json_is_integer(value) && strcmp(measure.unit, "ns") == 0)
        fputs(report_scaled(shown, scale, measure, json_number_value(value) * measure.factor), out);
    else
        report_text(out, row_cell(text, run, row, name, false));
}

static void print_cells(FILE *out, const struct model_run *run, const struct model_step *step,
                        const struct model_row *row, const struct row_columns *columns,
                        const struct report_scale *scales)
{
    fputs("<tr>", out);
    for (size_t c = 0; c < columns->count; c++) {
        fputs(columns->numbers[c] ? "<td class=\"number\">" : "<td>", out);
        print_cell(out, run, step, row, columns->names[c], scales[c]);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

static void print_kind(FILE *out, const struct model_run *run, const struct model_step *step, const char *kind,
                       const char *label)
{
    struct report_scale scales[ROW_COLUMNS_MAX];
    struct row_columns columns;
    row_columns_of(step, kind, &columns);
    find_scales(run, step, kind, &columns, scales);
    fprintf(out, "<details class=\"rows\"%s><summary>", columns.row_count <= OPEN_ROWS_MAX ? " open" : "");
    report_tag(out, "", label, label[0] ? ": " : "");
    report_text(out, kind);
    fprintf(out, ", %zu rows</summary><div class=\"wide\" tabindex=\"0\"><table><thead><tr>", columns.row_count);
    for (size_t c = 0; c < columns.count; c++)
        report_tag(out, columns.numbers[c] ? "<th class=\"number\">" : "<th>", columns.names[c], "</th>");
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; i < step->row_count; i++)
        if (strcmp(step->rows[i].kind, kind) == 0)
            print_cells(out, run, step, &step->rows[i], &columns, scales);
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

/* True of the kinds that curves are drawn of. */
static bool is_drawn(const char *kind)
{
    for (size_t i = 0; row_plot_at(i); i++)
        if (strcmp(row_plot_at(i)->kind, kind) == 0)
            return true;
    return false;
}

json_t *report_row_numbers(const struct model_run *run, const struct model_step *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < step->row_count; i++) {
        const struct model_row *row = &step->rows[i];
        int64_t bound = trust_bound_of_row(run, step, row, "p50");
        json_t *copy, *value;
        const char *name;
        if (!is_drawn(row->kind))
            continue;
        copy = json_object();
        json_object_foreach(row->values, name, value)
        {
            struct measure measure = row_measure(run, row, name, false);
            if (json_is_number(value))
                json_object_set_new(copy, name, json_real(json_number_value(value) * measure.factor));
            else
                json_object_set(copy, name, value);
        }
        if (bound > 0)
            json_object_set_new(copy, "bound", json_real((double)bound * measure_of(run, "tsc", false).factor));
        json_array_append_new(list, copy);
    }
    return list;
}
