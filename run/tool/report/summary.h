/* SPDX-License-Identifier: MIT */
/* What one step says in all its runs: the row of the report that is read before it is opened. */
#ifndef LAB_TOOL_REPORT_SUMMARY_H
#define LAB_TOOL_REPORT_SUMMARY_H

#include "run/tool/model/trust.h"
#include "run/tool/report/view.h"

/* The figures of a row. */
enum figure { FIGURE_MIN, FIGURE_P50, FIGURE_P99, FIGURE_P999, FIGURE_MAX, FIGURES };
extern const char *const summary_names[FIGURES];

/* What one step says in all its runs. */
struct summary {
    const struct model_step *step; /* of the first run that has it */
    const struct report_run *run;
    struct trust_counts counts;
    size_t runs, good; /* that have it, and of them those that passed */
    const char *verdict;
    const struct model_step *worst; /* whose verdict that is */
    const struct report_run *worst_run;
    bool known[FIGURES], few[FIGURES];
    double values[FIGURES]; /* medians over the runs */
    double bound;
};

/* Of the step of that name. */
void summary_of(struct summary *all, struct report *report, const char *name);

#endif
