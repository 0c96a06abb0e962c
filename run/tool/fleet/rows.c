/* SPDX-License-Identifier: MIT */
/* A row a machine: its figures against its group's, boot by boot, step by step, round by round. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/fleet/view.h"
#include "run/tool/median.h"
#include "run/tool/report/view.h"

/* The axes of boots and of rounds end here; what is beyond stands at its end. */
#define BOOTS_MOST  0.1
#define ROUNDS_MOST 0.3
/* From here on a cell has its full colour. */
#define CELL_MOST   0.4

static double clamp(double value, double most)
{
    return fmax(-most, fmin(most, value));
}

/* The boots' median deviations as dots on an axis from -10 to +10 %. */
static void print_boots(FILE *out, const struct view *view, size_t m)
{
    const struct data *data = &view->data;
    const double *levels = view->judged.levels + data->machines[m].group * data->figure_room;
    double work[DATA_FIGURES_MAX];
    char text[VIEW_CHARS];

    fputs("<svg class=\"boots\" viewBox=\"-57 0 114 12\" role=\"img\" aria-label=\"over its boots from ", out);
    fprintf(out, "%s to ", view_change(text, view->judged.machines[m].low));
    fprintf(out, "%s\"><path d=\"M0 0V12\"/>", view_change(text, view->judged.machines[m].high));
    for (size_t b = 0; b < data->boot_room; b++) {
        double middle;
        size_t n = 0;
        for (size_t f = 0; f < data->names->figures.count && f < data->figure_room; f++)
            if (strcmp(data_quantile_of(data->names, f), "p50") == 0)
                work[n++] = DATA_AT(data, m, f, b) - levels[f];
        middle = median_of(work, n);
        if (!isnan(middle))
            fprintf(out, "<circle cx=\"%.1f\" cy=\"6\" r=\"2.2\"/>", 550 * clamp(middle, BOOTS_MOST));
    }
    fputs("</svg>", out);
}

/* A cell a step: how far its p50 is off; slower is warm, faster cold. */
static void print_strip(FILE *out, const struct view *view, size_t m)
{
    const struct data *data = &view->data;
    size_t at = 0;
    char text[VIEW_CHARS];

    fputs("<svg class=\"strip\" preserveAspectRatio=\"none\" viewBox=\"0 0 ", out);
    for (size_t f = 0; f < data->names->figures.count && f < data->figure_room; f++)
        at += strcmp(data_quantile_of(data->names, f), "p50") == 0;
    fprintf(out, "%zu 1\">", at);
    at = 0;
    for (size_t f = 0; f < data->names->figures.count && f < data->figure_room; f++) {
        double off;
        char step[200];
        if (strcmp(data_quantile_of(data->names, f), "p50") != 0)
            continue;
        off = judge_level(data, m, f) - view->judged.levels[data->machines[m].group * data->figure_room + f];
        if (!isnan(off) && fabs(off) >= view->judged.least / 2) {
            data_step_of(data->names, f, step, sizeof(step));
            fprintf(out, "<rect x=\"%zu\" class=\"%s\" opacity=\"%.2f\"><title>", at, off > 0 ? "up" : "down",
                    0.15 + 0.85 * fabs(clamp(off, CELL_MOST)) / CELL_MOST);
            report_text(out, step);
            fprintf(out, " %s</title></rect>", view_change(text, off));
        }
        at++;
    }
    fputs("</svg>", out);
}

static void print_trend(FILE *out, const struct view *view, size_t m)
{
    const double *trend = view->machine_trend + m * VIEW_ROUNDS_MAX;
    char text[VIEW_CHARS];
    bool begun = false;

    fprintf(out,
            "<svg class=\"trend\" viewBox=\"-1 -31 %zu 62\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
            10 * view->round_count);
    for (size_t r = 0; r < view->round_count; r++)
        fprintf(out, "%s%s", r ? ", " : "", view_change(text, trend[r]));
    fputs("\"><path d=\"", out);
    for (size_t r = 0; r < view->round_count; r++)
        if (!isnan(trend[r])) {
            fprintf(out, "%s%zu %.1f", begun ? "L" : "M", 10 * r, -100 * clamp(trend[r], ROUNDS_MOST));
            begun = true;
        }
    fputs("\"/></svg>", out);
}

static void print_machine(FILE *out, const struct view *view, size_t m)
{
    const struct judged_machine *machine = &view->judged.machines[m];
    char text[VIEW_CHARS];

    fprintf(out, "<tr%s><th scope=\"row\">", machine->odd ? " class=\"odd\"" : "");
    report_text(out, view->names.machines.texts[m]);
    report_tag(out, "</th><td>", view->names.groups.texts[view->data.machines[m].group], "</td>");
    fprintf(out, "<td class=\"number\">%zu</td>", view->data.machines[m].boots);
    fprintf(out, "<td class=\"number\">%s</td>", view_change(text, machine->middle));
    fprintf(out, "<td class=\"number\">%s</td><td>", view_change(text, machine->tail));
    print_boots(out, view, m);
    fputs("</td><td>", out);
    print_strip(out, view, m);
    fputs("</td>", out);
    if (view->round_count > 1) {
        fputs("<td>", out);
        print_trend(out, view, m);
        fputs("</td>", out);
    }
    fprintf(out, "<td>%s%s</td></tr>\n",
            machine->odd   ? "odd"
            : machine->far ? "not named"
                           : "",
            machine->change.found ? " changed" : "");
}

void view_print_machines(FILE *out, const struct view *view)
{
    fputs(
        "<h2 id=\"machines\">Machines <small>off the median of their group</small></h2>\n<div class=\"wide\" "
        "tabindex=\"0\"><table class=\"machines\"><thead><tr><th>machine</th><th>group</th><th class=\"number\">boots"
        "</th><th class=\"number\">p50</th><th class=\"number\">p99</th><th>boot by boot, -10 to +10 %</th><th>step by "
        "step</th>",
        out);
    fputs(view->round_count > 1 ? "<th>over rounds</th><th></th></tr></thead><tbody>\n"
                                : "<th></th></tr></thead><tbody>\n",
          out);
    for (size_t i = 0; i < view->shown; i++)
        print_machine(out, view, view->order[i]);
    fputs("</tbody></table></div>\n", out);
}
