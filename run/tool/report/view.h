/* SPDX-License-Identifier: MIT */
/* What the parts of `report` share; used by nothing else. */
#ifndef LAB_TOOL_REPORT_VIEW_H
#define LAB_TOOL_REPORT_VIEW_H

#include <stddef.h>
#include <stdio.h>

#include "run/tool/log/load.h"
#include "run/tool/model/measure.h"
#include "run/tool/model/platform.h"
#include "run/tool/model/raw_points.h"

/* One log of the report. */
struct report_log {
    const char *name;
    const char *group; /* "" where none was named */
    struct model model;
    struct raw_points raw;
    struct load_result result;
};

/* One run of one log. */
struct report_run {
    struct report_log *log;
    size_t index; /* in the log's model */
    struct model_run *run;
    char label[256];
    size_t column;
    struct platform platform;
};

/* What stands side by side: a run, or a group of them. */
struct report_column {
    char label[256];
    size_t run_count;
};

struct report {
    struct report_log *logs;
    size_t log_count;
    bool has_groups;
    struct report_run *runs;
    size_t run_count;
    struct report_column *columns;
    size_t column_count;
};

/* The unit of a table: shown value * factor, then its name. */
struct report_scale {
    double factor;
    const char *unit;
};

/* ---- file.c ---- */

/* True where nothing is at `name`, or a report; else it complains. */
bool report_may_replace(const char *name);

/*
 * Writes what `print` prints; - is standard output. Of a file no half is ever seen. False with a complaint on stderr.
 */
typedef void report_printer(FILE *out, const void *context);
bool report_write(const char *name, report_printer *print, const void *context);

/* ---- runs.c ---- */

/* Lists runs and columns of the logs, which are loaded. False without memory. */
bool report_list_runs(struct report *report);
void report_free_runs(struct report *report);

/* ---- text.c ---- */

/* Text with the characters that HTML reserves escaped, control characters as '?'. */
void report_text(FILE *out, const char *text);

/* `open`, the escaped text, `close`; the two are markup. */
/* Of a figure that is grey. */
#define REPORT_FEW "too few samples for it, or most were rejected"

void report_tag(FILE *out, const char *open, const char *text, const char *close);

/* What a run is called in legends: the file's name, and the run's number where the log has several. */
void report_label(char *label, size_t bytes, const struct report_log *log, size_t run_index);

/* ---- scale.c ---- */

/* The unit in which most of the `count` values, in ns and above zero, have one to three digits before the point. */
struct report_scale report_scale_of(const double *values, size_t count);

/* "3.90 ms": three digits, in the table's unit where the measure is a time. `text` has MEASURE_CHARS. Returns text. */
const char *report_scaled(char *text, struct report_scale scale, struct measure measure, double shown);

/* The smallest, quartiles and largest of the values, which are sorted in place. count > 0. */
struct report_spread {
    double min, low, median, high, max;
};
struct report_spread report_spread_of(double *values, size_t count);

/* ---- head.c: the first screen ---- */
void report_head(FILE *out, struct report *report);
void report_provenance(FILE *out, struct report *report);

/* ---- bands.c: all methods on one axis; heat.c: by method and interval, and pairs of CPUs ---- */
void report_bands(FILE *out, struct report *report);
void report_heat(FILE *out, struct report *report);
void report_pairs(FILE *out, struct report *report, const char *name);

/* ---- steps.c, step.c, columns.c ---- */

/* One step of the page: its name, and its experiment. */
struct report_step {
    const char *name, *exp;
};

/* All names of steps in the order in which they first come; *count of them. The caller frees the list. */
struct report_step *report_step_names(struct report *report, size_t *count);

/* True where no earlier name is of that one's experiment. */
bool report_begins_experiment(const struct report_step *names, size_t index);

/* A section for each experiment, a row for each step. */
void report_steps(FILE *out, struct report *report);

/* The steps with runs or groups as columns; nothing where there is one. */
void report_side_by_side(FILE *out, struct report *report);

/* What stands in a step's row once it is open. */
void report_step(FILE *out, struct report *report, const char *name);

/* A link to the step; its anchor. */
void report_link(FILE *out, const char *name);
void report_anchor(FILE *out, const char *name);

/* ---- tables of their own ---- */

/* The C-states of the last run that has measured any: verdicts on the kernel's table. */
void report_cstates(FILE *out, struct report *report);

/* The host's counters, a row a step; nothing where no log has them. */
void report_host(FILE *out, struct report *report);

/* The tables of the step's own rows; `label` says whose, "" where there is one run. */
void report_rows(FILE *out, const struct model_run *run, const struct model_step *step, const char *label);

/* Clocks, residencies, power and temperatures of all steps; nothing where the log has none. */
void report_vitals(FILE *out, const struct model_run *run);

/* One run's figures with their intervals, and the rows `all that woke` and `every ...` below them. */
void report_exact(FILE *out, struct report_scale scale, const struct report_run *run, const struct model_step *step);
void report_open_exact(FILE *out, const char *first);

/* ---- numbers for scripts ---- */

/* The numbers of all runs as one JSON object, safe inside a script element. */
void report_data(FILE *out, struct report *report);

/* The step's rows, times in nanoseconds, and the curves that rows make (struct row_plot): new references. */
json_t *report_row_numbers(const struct model_run *run, const struct model_step *step);
json_t *report_curves(void);

/* A plain histogram of the step's main metric for readers without scripts; nothing where it has none. */
void report_svg(FILE *out, struct model *model, const struct model_run *run, struct model_step *step);

/* The whole page. */
void report_page(FILE *out, struct report *report);

#endif
