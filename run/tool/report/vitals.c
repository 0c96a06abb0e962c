/* SPDX-License-Identifier: MIT */
/* Clocks, residencies, power and temperatures of the steps as a table, by turbostat's names. */
#include "run/tool/model/vitals.h"

#include "run/tool/report/view.h"

static void print_step(FILE *out, const struct model_run *run, const struct model_step *step)
{
    double value;

    fputs("<tr><td>", out);
    report_text(out, step->name);
    fputs("</td>", out);
    for (size_t i = 0; vitals_column_at(i); i++) {
        const struct vitals_column *column = vitals_column_at(i);

        if (!column->turbostat || !vitals_has(run, column))
            continue;
        fputs("<td class=\"number\">", out);
        if (vitals_value(step, column, &value))
            fprintf(out, "%.*f", column->digits, value);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

void report_vitals(FILE *out, const struct model_run *run)
{
    bool any = false;

    for (size_t i = 0; vitals_column_at(i); i++) {
        if (!vitals_column_at(i)->turbostat || !vitals_has(run, vitals_column_at(i)))
            continue;
        if (!any)
            fputs("<details class=\"vitals\"><summary>Clocks, residencies and power, as turbostat calls them</summary>"
                  "<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>step</th>",
                  out);
        any = true;
        fprintf(out, "<th class=\"number\">%s</th>", vitals_column_at(i)->turbostat);
    }
    if (!any)
        return;
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; i < run->step_count; i++)
        print_step(out, run, &run->steps[i]);
    fputs("</tbody></table></div></details>\n", out);
}
