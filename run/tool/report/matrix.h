/* SPDX-License-Identifier: MIT */
/* A table of times that is coloured by size: it can be read aloud, copied and printed. */
#ifndef LAB_TOOL_REPORT_MATRIX_H
#define LAB_TOOL_REPORT_MATRIX_H

#include "run/tool/report/view.h"

#define MATRIX_ROWS_MAX    64
#define MATRIX_COLUMNS_MAX 64
#define MATRIX_VALUES_MAX  8192
#define MATRIX_LABEL_CHARS 96

/* One value of one cell; several may meet in it. In ns. */
struct matrix_value {
    size_t row, column;
    double p50, p99;
    double bound;      /* 0: none */
    bool few50, few99; /* too few samples, or most were rejected: grey, without a colour */
};

struct matrix {
    char rows[MATRIX_ROWS_MAX][MATRIX_LABEL_CHARS];
    char columns[MATRIX_COLUMNS_MAX][MATRIX_LABEL_CHARS];
    double column_order[MATRIX_COLUMNS_MAX]; /* they rise by it */
    size_t row_count, column_count;
    struct matrix_value values[MATRIX_VALUES_MAX];
    size_t value_count, left_out; /* values for which there was no room */
};

void matrix_add(struct matrix *matrix, const char *row, const char *column, double order,
                const struct matrix_value *value);

/* Prints a figure with a choice of p50 and p99. `corner` names rows and columns. */
void matrix_print(struct matrix *matrix, FILE *out, const char *id, const char *title, const char *corner);

#endif
