/* SPDX-License-Identifier: MIT */
/* What the parts of `report` share; used by nothing else. */
#ifndef LAB_TOOL_REPORT_VIEW_H
#define LAB_TOOL_REPORT_VIEW_H

#include <stddef.h>
#include <stdio.h>

#include "run/tool/log/load.h"
#include "run/tool/model/raw_points.h"

/* One log of the report. */
struct report_log {
    const char *name;
    struct model model;
    struct raw_points raw;
    struct load_result result;
};

struct report {
    struct report_log *logs;
    size_t log_count;
};

/* Text with the characters that HTML reserves escaped. */
void report_text(FILE *out, const char *text);

/* What a run is called in legends: the file's name, and the run's number where the log has several. */
void report_label(char *label, size_t bytes, const struct report_log *log, size_t run_index);

/* The numbers of all runs as one JSON object, safe inside a script element. */
void report_data(FILE *out, struct report *report);

/* A plain histogram of the step's main metric for readers without scripts; nothing where it has none. */
void report_svg(FILE *out, struct model *model, const struct model_run *run, struct model_step *step);

/* The tables of the step's own rows; `label` says whose. */
void report_rows(FILE *out, const struct model_run *run, const struct model_step *step, const char *label);

/* The step's rows, times in nanoseconds, and the curves that rows make (struct row_plot): new references. */
json_t *report_row_numbers(const struct model_run *run, const struct model_step *step);
json_t *report_curves(void);

/* Clocks, residencies, power and temperatures of all steps; nothing where the log has none. */
void report_vitals(FILE *out, const struct model_run *run);

/* The head of a table whose rows report_numbers() ends; `first` titles the first column. */
void report_open_table(FILE *out, const char *first, bool exact);

/*
 * The rest of a row: verdict and numbers of the step's main metric; `exact` in nanoseconds with intervals, else in
 * units that suit them.
 */
void report_numbers(FILE *out, const struct model_run *run, const struct model_step *step, bool exact);

/* The table of all steps of one run, and why some did not pass. */
void report_overview(FILE *out, struct report_log *log, size_t run_index);

/* The whole page. */
void report_page(FILE *out, struct report *report);

#endif
