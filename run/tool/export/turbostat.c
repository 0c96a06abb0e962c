/* SPDX-License-Identifier: MIT */
/* Clocks, residencies, power and temperatures, a line a step, under turbostat's column names. */
#include "run/tool/export/forms.h"
#include "run/tool/model/vitals.h"

static void begin(FILE *out)
{
    fputs("Step", out);
    for (size_t i = 0; vitals_column_at(i); i++)
        if (vitals_column_at(i)->turbostat)
            fprintf(out, ",%s", vitals_column_at(i)->turbostat);
    fputc('\n', out);
}

static size_t write_step(FILE *out, const struct model_step *step)
{
    size_t values = 0;
    double value;

    for (size_t i = 0; vitals_column_at(i); i++)
        values += vitals_value(step, vitals_column_at(i), &value);
    if (!values)
        return 0;
    export_cell(out, step->name);
    for (size_t i = 0; vitals_column_at(i); i++) {
        const struct vitals_column *column = vitals_column_at(i);

        if (!column->turbostat)
            continue;
        fputc(',', out);
        if (vitals_value(step, column, &value))
            fprintf(out, "%.*f", column->digits, value);
    }
    fputc('\n', out);
    return values;
}

static void write_all(FILE *out, struct model *model)
{
    size_t values = 0;

    for (size_t r = 0; r < model->run_count; r++)
        for (size_t s = 0; s < model->runs[r].step_count; s++)
            values += write_step(out, &model->runs[r].steps[s]);
    if (!values)
        fputs("idlelab export: the log holds no clocks and residencies: a guest's are not read\n", stderr);
}

const struct export_form EXPORT_TURBOSTAT = {"--turbostat", .begin = begin, .write = write_all};
