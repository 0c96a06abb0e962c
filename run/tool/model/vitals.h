/* SPDX-License-Identifier: MIT */
/*
 * The step's clocks, residencies, power and temperatures (rows busy, package, power, limits, irtl) as the columns of
 * turbostat and of intel/wult, by their own names. What the log does not have has no value.
 */
#ifndef LAB_TOOL_MODEL_VITALS_H
#define LAB_TOOL_MODEL_VITALS_H

#include <stdbool.h>
#include <stddef.h>

#include "run/tool/model/model.h"

enum { VITALS_COLUMNS = 40 };

struct vitals_column {
    const char *turbostat, *wult; /* its name there; NULL: that tool has none */
    const char *kind, *member;    /* where the value is */
    const char *instead;          /* the member that counts where that one is missing; NULL: none */
    const char *flag;             /* only in rows with this flag (with '!' in front: without it); NULL: in all */
    double factor;
    int digits;
};

/* By its place, NULL behind the last. */
const struct vitals_column *vitals_column_at(size_t index);

/* The step's value in the column's unit. False: there is none. */
bool vitals_value(const struct model_step *step, const struct vitals_column *column, double *value);

/* True where a step of the run has a value in that column. */
bool vitals_has(const struct model_run *run, const struct vitals_column *column);

/* True for the rows that make these columns. */
bool vitals_is_kind(const char *kind);

#endif
