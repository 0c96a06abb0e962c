/* SPDX-License-Identifier: MIT */
#include "experiments/kit/row.h"

#include "experiments/kit/experiment.h"
#include "experiments/kit/results.h"
#include "lib/rows/rows.h"

void row_begin(struct row *row, struct step *step, const char *kind)
{
    json_begin(&row->json, row->text, sizeof(row->text));
    json_add(&row->json, "t:%s step:%u row:%s", "stats", step->results->step, kind);
}

void row_end(struct row *row, struct step *step)
{
#if __STDC_HOSTED__
    struct json whole = row->json;
    const char *text = json_end(&whole);
    char problem[ROW_PROBLEM_BYTES];

    if (text && !row_check(text, problem)) {
        result_finding(step, "row_refused", CONFIDENCE_NONE, problem);
        row->json.failed = true;
    }
#endif
    result_record(step, &row->json);
}

void row_write(struct step *step, const char *kind, const char *members, ...)
{
    struct row row;
    va_list args;

    row_begin(&row, step, kind);
    va_start(args, members);
    json_vadd(&row.json, members, args);
    va_end(args);
    row_end(&row, step);
}
