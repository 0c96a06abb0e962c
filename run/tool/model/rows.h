/* SPDX-License-Identifier: MIT */
/*
 * The rows that experiments write beside their distributions (stats records with `row`; lib/rows/rows.h): taken into a
 * log's model, and as tables, whose columns and cells show and report print.
 */
#ifndef LAB_TOOL_MODEL_ROWS_H
#define LAB_TOOL_MODEL_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "run/tool/model/measure.h"
#include "run/tool/model/model.h"

/* More columns than any kind has; the rest of an unknown kind's is left out. */
#define ROW_COLUMNS_MAX 16
#define ROW_CELL_CHARS  256

struct row_columns {
    /* The records' members, in the order in which they first come. */
    const char *names[ROW_COLUMNS_MAX];
    bool numbers[ROW_COLUMNS_MAX]; /* never a word */
    bool lists[ROW_COLUMNS_MAX];   /* lists of lists, which make wide cells */
    size_t count;
    size_t row_count; /* of this kind in the step */
};

/* Takes a stats record with `row`; its figures become a metric too where comparisons can use it. */
void model_take_row(struct model *model, struct model_run *run, struct model_step *step, json_t *object);

/* True where no earlier row of the step has the kind of row `index`. */
bool row_kind_begins(const struct model_step *step, size_t index);

/* The columns of the step's rows of this kind. */
void row_columns_of(const struct model_step *step, const char *kind, struct row_columns *columns);

/* How the numbers of a row's member are to be read; unit "" where they are plain numbers. `ticks`: as measure_of(). */
struct measure row_measure(const struct model_run *run, const struct model_row *row, const char *name, bool ticks);

/*
 * The cell's text: a time in the unit that suits it, a share in percent, a pair as "[low,high]", nothing where the row
 * has no such member. `text` has ROW_CELL_CHARS.
 */
const char *row_cell(char *text, const struct model_run *run, const struct model_row *row, const char *name,
                     bool ticks);

#endif
