/* SPDX-License-Identifier: MIT */
/* The runs of all logs, and the columns in which they stand. */
#include <stdlib.h>
#include <string.h>

#include "run/tool/report/view.h"

/* The column of that label, made where it is new. */
static size_t column_of(struct report *report, const char *label, bool is_group)
{
    size_t at = is_group ? 0 : report->column_count;
    while (at < report->column_count && strcmp(report->columns[at].label, label) != 0)
        at++;
    if (at == report->column_count)
        snprintf(report->columns[report->column_count++].label, sizeof(report->columns[0].label), "%s", label);
    report->columns[at].run_count++;
    return at;
}

bool report_list_runs(struct report *report)
{
    size_t count = 0;

    for (size_t i = 0; i < report->log_count; i++)
        count += report->logs[i].model.run_count;
    report->runs = calloc(count ? count : 1, sizeof(*report->runs));
    report->columns = calloc(count ? count : 1, sizeof(*report->columns));
    if (!report->runs || !report->columns)
        return false;
    for (size_t i = 0; i < report->log_count; i++)
        for (size_t r = 0; r < report->logs[i].model.run_count; r++) {
            struct report_log *log = &report->logs[i];
            struct report_run *run = &report->runs[report->run_count++];
            *run = (struct report_run){.log = log, .index = r, .run = &log->model.runs[r]};
            report_label(run->label, sizeof(run->label), log, r);
            run->column = column_of(report, report->has_groups ? log->group : run->label, report->has_groups);
            platform_of(&log->model, run->run, &run->platform);
        }
    return true;
}

void report_free_runs(struct report *report)
{
    free(report->runs);
    free(report->columns);
    report->runs = NULL;
    report->columns = NULL;
}
