/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "lib/rows/reasons.h"
#include "run/tool/model/measure.h"
#include "run/tool/model/reason.h"
#include "run/tool/report/view.h"
#include "run/tool/show/view.h"

static const char *const QUANTILES_SHOWN[] = {"p50", "p99", "p99.9"};
#define QUANTILES_SHOWN_COUNT (sizeof(QUANTILES_SHOWN) / sizeof(QUANTILES_SHOWN[0]))

/* A quantile in the unit that suits it, or exact with its interval. */
static void print_quantile(FILE *out, struct measure measure, const struct model_quantile *q, bool exact)
{
    char value[MEASURE_CHARS], high[MEASURE_CHARS];
    fputs("<td class=\"number\">", out);
    if (q && exact)
        fputs(measure_text(value, measure, q->value), out);
    else if (q)
        fputs(measure_scaled(value, measure, (double)q->value * measure.factor), out);
    if (q && exact && q->has_interval) {
        fprintf(out, " <span class=\"bounds\">[%s,", measure_text(value, measure, q->low));
        fprintf(out, "%s]</span>", measure_text(high, measure, q->high));
    }
    fputs("</td>", out);
}

static void print_value(FILE *out, struct measure measure, bool there, int64_t value, bool exact)
{
    char text[MEASURE_CHARS];
    const char *shown =
        exact ? measure_text(text, measure, value) : measure_scaled(text, measure, (double)value * measure.factor);
    fprintf(out, "<td class=\"number\">%s</td>", there ? shown : "");
}

static void print_verdict(FILE *out, const struct model_step *step, const struct model_metric *metric)
{
    const char *mark = metric ? model_series_mark(metric) : NULL;
    char notes[REASON_CHARS];
    const char *word = show_verdict(step);
    fprintf(out, "<td class=\"%s\">%s", strcmp(word, "FAIL") == 0 ? "fail" : word, word);
    if (strcmp(step->end, step_ends[STEP_BUDGET].word) == 0)
        fputs(" (budget)", out);
    if (mark)
        fprintf(out, ", %s", mark);
    if (metric && model_is_tail_cut(metric))
        fputs(", tail cut", out);
    report_text(out, reason_notes(notes, step));
    fputs("</td>", out);
}

/* A row below a step's: the same of other samples. */
static void print_tail(FILE *out, struct measure measure, const char *name, const struct model_tail *tail, bool exact)
{
    fprintf(out, "<tr class=\"tail\"><td>%s</td><td></td><td class=\"number\">%" PRIu64 "</td><td></td><td></td>", name,
            tail->n);
    print_value(out, measure, true, tail->p50, exact);
    print_value(out, measure, true, tail->p99, exact);
    print_value(out, measure, true, tail->p999, exact);
    print_value(out, measure, true, tail->max, exact);
    fprintf(out, "<td></td>%s</tr>\n", exact ? "<td></td>" : "");
}

void report_numbers(FILE *out, const struct model_run *run, const struct model_step *step, bool exact)
{
    const struct model_metric *metric = model_main_metric(step);
    bool there = metric && metric->n > 0;
    bool difference = there && measure_is_difference(metric);
    struct measure measure = measure_of(run, metric ? metric->unit : "", false);
    char name[MEASURE_CHARS + 48], every[MEASURE_CHARS];
    int64_t least = 0;
    bool has_least = there && measure_least(step, metric, &least);
    print_verdict(out, step, metric);
    fprintf(out, "<td class=\"number\">%" PRIu64 "</td><td class=\"number\">%" PRIu64 "</td>",
            metric ? metric->n : step->n, model_rejected(step));
    print_value(out, measure, has_least, least, exact);
    for (size_t i = 0; i < QUANTILES_SHOWN_COUNT; i++)
        print_quantile(out, measure,
                       there && (i == 0 || !difference) ? model_quantile(metric, QUANTILES_SHOWN[i]) : NULL, exact);
    print_value(out, measure, there && !difference, there ? metric->max : 0, exact);
    print_value(out, measure, there && metric->has_floor && !difference, there ? metric->floor : 0, exact);
    if (exact)
        fprintf(out, "<td>%s</td>", there ? measure.unit : "");
    fputs("</tr>\n", out);
    if (there && metric->woke.n > metric->n)
        print_tail(out, measure, "all that woke", &metric->woke, exact);
    if (there && metric->periodic.n > metric->woke.n) {
        snprintf(name, sizeof(name), "every %s, as a load of that period would see it",
                 measure_scaled(every, measure, (double)metric->every * measure.factor));
        print_tail(out, measure, name, &metric->periodic, exact);
    }
}

void report_open_table(FILE *out, const char *first, bool exact)
{
    fprintf(out,
            "<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>%s</th><th>verdict</th>"
            "<th class=\"number\">n</th><th class=\"number\">rejected</th>"
            "<th class=\"number\">min</th>",
            first);
    for (size_t i = 0; i < QUANTILES_SHOWN_COUNT; i++)
        fprintf(out, "<th class=\"number\">%s</th>", QUANTILES_SHOWN[i]);
    fprintf(out, "<th class=\"number\">max</th><th class=\"number\">floor</th>%s</tr></thead><tbody>\n",
            exact ? "<th>unit</th>" : "");
}

static void print_reason(FILE *out, const struct model_run *run, const struct model_step *step)
{
    char reason[REASON_CHARS];
    if (step->verdict.seen && step->verdict.ok && !step->verdict.skip)
        return;
    fputs("<li><strong>", out);
    report_text(out, step->name);
    fprintf(out, "</strong> %s: ", show_verdict(step));
    report_text(out, reason_of(reason, run, step));
    fputs("</li>\n", out);
}

void report_overview(FILE *out, struct report_log *log, size_t run_index)
{
    const struct model_run *run = &log->model.runs[run_index];
    char label[256];
    report_label(label, sizeof(label), log, run_index);
    fputs("<h3>", out);
    report_text(out, label);
    fputs("</h3>\n", out);
    report_open_table(out, "step", false);
    for (size_t i = 0; i < run->step_count; i++) {
        fputs("<tr><td><a href=\"#", out);
        report_text(out, run->steps[i].name);
        fputs("\">", out);
        report_text(out, run->steps[i].name);
        fputs("</a></td>", out);
        report_numbers(out, run, &run->steps[i], false);
    }
    fputs("</tbody></table></div>\n<ul class=\"reasons\">\n", out);
    for (size_t i = 0; i < run->step_count; i++)
        print_reason(out, run, &run->steps[i]);
    fputs("</ul>\n", out);
    report_vitals(out, run);
}
