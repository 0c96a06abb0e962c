/* SPDX-License-Identifier: MIT */
#include "run/tool/report/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/trust.h"

/* A smaller factor between the smallest and the largest value does not get all the colours. */
#define FACTOR_MIN     4.0
/* With more columns it does not fit beside the picture of all methods. */
#define COLUMNS_BESIDE 5

static size_t find_row(struct matrix *matrix, const char *label)
{
    size_t at = 0;
    while (at < matrix->row_count && strcmp(matrix->rows[at], label) != 0)
        at++;
    if (at == matrix->row_count && at < MATRIX_ROWS_MAX)
        snprintf(matrix->rows[matrix->row_count++], MATRIX_LABEL_CHARS, "%.95s", label);
    return at;
}

/* Columns stand in the order of their lengths; equal ones in the order in which they come. */
static size_t find_column(struct matrix *matrix, const char *label, double order)
{
    size_t at = 0;
    while (at < matrix->column_count && strcmp(matrix->columns[at], label) != 0)
        at++;
    if (at < matrix->column_count || at == MATRIX_COLUMNS_MAX)
        return at;
    while (at > 0 && matrix->column_order[at - 1] > order) {
        memcpy(matrix->columns[at], matrix->columns[at - 1], MATRIX_LABEL_CHARS);
        matrix->column_order[at] = matrix->column_order[at - 1];
        at--;
    }
    for (size_t i = 0; i < matrix->value_count; i++)
        matrix->values[i].column += matrix->values[i].column >= at;
    snprintf(matrix->columns[at], MATRIX_LABEL_CHARS, "%.95s", label);
    matrix->column_order[at] = order;
    matrix->column_count++;
    return at;
}

void matrix_add(struct matrix *matrix, const char *row, const char *column, double order,
                const struct matrix_value *value)
{
    size_t r = find_row(matrix, row), c = find_column(matrix, column, order);

    if (r == MATRIX_ROWS_MAX || c == MATRIX_COLUMNS_MAX || matrix->value_count == MATRIX_VALUES_MAX) {
        matrix->left_out++;
        return;
    }
    matrix->values[matrix->value_count] = *value;
    matrix->values[matrix->value_count].row = r;
    matrix->values[matrix->value_count++].column = c;
}

/* One cell: medians of what meets in it. */
struct cell {
    double p50, p99, bound;
    size_t usable, all;
    bool few[2]; /* of p50, of p99 */
};

static struct cell cell_of(const struct matrix *matrix, size_t row, size_t column)
{
    static double p50[MATRIX_VALUES_MAX], p99[MATRIX_VALUES_MAX];
    struct cell cell = {0};

    for (size_t i = 0; i < matrix->value_count; i++) {
        const struct matrix_value *value = &matrix->values[i];
        if (value->row != row || value->column != column)
            continue;
        cell.all++;
        cell.bound = value->bound > cell.bound ? value->bound : cell.bound;
        if (value->bound > 0 && value->p50 <= value->bound)
            continue;
        cell.few[0] |= value->few50;
        cell.few[1] |= value->few99;
        p50[cell.usable] = value->p50;
        p99[cell.usable++] = value->p99;
    }
    if (cell.usable > 0) {
        cell.p50 = report_spread_of(p50, cell.usable).median;
        cell.p99 = report_spread_of(p99, cell.usable).median;
    }
    return cell;
}

/* What the colours and the unit are taken from. */
struct range {
    double low[2], high[2]; /* of p50, of p99 */
    struct report_scale scale;
};

static struct range range_of(const struct matrix *matrix)
{
    static double all[MATRIX_ROWS_MAX * MATRIX_COLUMNS_MAX];
    struct range range = {{INFINITY, INFINITY}, {0, 0}, {1, "ns"}};
    size_t count = 0;

    for (size_t r = 0; r < matrix->row_count; r++)
        for (size_t c = 0; c < matrix->column_count; c++) {
            struct cell cell = cell_of(matrix, r, c);
            double values[] = {cell.p50, cell.p99};
            for (size_t i = 0; i < 2 && cell.usable > 0; i++) {
                if (cell.few[i])
                    continue;
                range.low[i] = values[i] > 0 && values[i] < range.low[i] ? values[i] : range.low[i];
                range.high[i] = values[i] > range.high[i] ? values[i] : range.high[i];
            }
            all[count++] = cell.p50;
        }
    for (size_t i = 0; i < 2; i++)
        range.high[i] = range.high[i] < range.low[i] * FACTOR_MIN ? range.low[i] * FACTOR_MIN : range.high[i];
    range.scale = report_scale_of(all, count);
    return range;
}

static double shade(const struct range *range, size_t which, const struct cell *cell)
{
    double value = which ? cell->p99 : cell->p50;

    if (cell->few[which])
        return 0;
    if (value <= range->low[which])
        return 8;
    return 8 + 62 * log(value / range->low[which]) / log(range->high[which] / range->low[which]);
}

static void print_cell(FILE *out, const struct range *range, const struct cell *cell)
{
    char p50[MEASURE_CHARS], p99[MEASURE_CHARS], bound[TRUST_CHARS];
    struct measure ns = {1, "ns"};

    if (cell->all == 0) {
        fputs("<td></td>", out);
        return;
    }
    if (cell->usable == 0) {
        fprintf(out, "<td class=\"unusable\">%s</td>", trust_bound_text(bound, ns, (int64_t)llround(cell->bound)));
        return;
    }
    fprintf(out, "<td style=\"--a:%.0f%%;--b:%.0f%%\"", shade(range, 0, cell), shade(range, 1, cell));
    if (cell->all > 1)
        fprintf(out, " title=\"median of %zu\"", cell->usable);
    else if (cell->few[0] || cell->few[1])
        fprintf(out, " title=\"%s\"", REPORT_FEW);
    fprintf(out, "><span class=\"q50%s\">%s</span> <span class=\"q99%s\">%s</span></td>", cell->few[0] ? " few" : "",
            report_scaled(p50, range->scale, ns, cell->p50), cell->few[1] ? " few" : "",
            report_scaled(p99, range->scale, ns, cell->p99));
}

/* "uniform:50us..1ms" may break behind its colon and its dots, and nowhere else. */
static void print_heading(FILE *out, const char *label)
{
    char part[MATRIX_LABEL_CHARS];
    size_t used = 0;

    fputs("<th>", out);
    for (size_t i = 0; label[i]; i++) {
        part[used++] = label[i];
        part[used] = '\0';
        if (!label[i + 1] || label[i] == ':' || (label[i] == '.' && i > 0 && label[i - 1] == '.')) {
            report_tag(out, "", part, label[i + 1] ? "<wbr>" : "");
            used = 0;
        }
    }
    fputs("</th>", out);
}

void matrix_print(struct matrix *matrix, FILE *out, const char *id, const char *title, const char *corner)
{
    struct range range = range_of(matrix);

    fprintf(out, "<figure class=\"heatmap%s\"%s%s%s data-q=\"p50\"><figcaption>",
            matrix->column_count > COLUMNS_BESIDE ? " broad" : "", id[0] ? " id=\"" : "", id, id[0] ? "\"" : "");
    report_tag(out, "", title, " <span class=\"choice\"></span></figcaption>");
    fputs("<div class=\"wide\" tabindex=\"0\"><table class=\"heat\"><thead><tr>", out);
    report_tag(out, "<th>", corner, "</th>");
    for (size_t c = 0; c < matrix->column_count; c++)
        print_heading(out, matrix->columns[c]);
    fputs("</tr></thead><tbody>\n", out);
    for (size_t r = 0; r < matrix->row_count; r++) {
        report_tag(out, "<tr><th>", matrix->rows[r], "</th>");
        for (size_t c = 0; c < matrix->column_count; c++) {
            struct cell cell = cell_of(matrix, r, c);
            print_cell(out, &range, &cell);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>", out);
    if (matrix->left_out > 0)
        fprintf(out, "<p class=\"soft\">%zu values more are in the tables alone.</p>", matrix->left_out);
    fputs("</figure>\n", out);
}
