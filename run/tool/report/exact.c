/* SPDX-License-Identifier: MIT */
/* The figures of a step with their intervals: a row for each run, all in one unit. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "lib/rows/reasons.h"
#include "run/tool/model/reason.h"
#include "run/tool/model/trust.h"
#include "run/tool/report/view.h"

static const char *const QUANTILES_SHOWN[] = {"p50", "p99", "p99.9"};
#define QUANTILES_SHOWN_COUNT (sizeof(QUANTILES_SHOWN) / sizeof(QUANTILES_SHOWN[0]))

/* Four to five digits in the table's unit; other units than times as they are. `text` has MEASURE_CHARS. */
static const char *digits(char *text, struct report_scale scale, struct measure measure, int64_t value)
{
    double shown = (double)value * measure.factor * scale.factor, size = fabs(shown);

    if (strcmp(measure.unit, "ns") != 0)
        return measure_text(text, measure, value);
    snprintf(text, MEASURE_CHARS, "%.*f",
             value == 0 || size >= 1000 || strcmp(scale.unit, "ns") == 0 ? (size < 100 && shown != floor(shown) ? 2 : 0)
             : size >= 100                                               ? 1
             : size >= 10                                                ? 2
                                                                         : 3,
             shown);
    return text;
}

/* A figure below its bound is not told apart from zero: it is not printed. */
static bool print_unusable(FILE *out, struct measure measure, int64_t value, int64_t bound)
{
    char text[TRUST_CHARS];
    if (trust_usable(value, bound))
        return false;
    fprintf(out, "<td class=\"number unusable\">%s</td>", trust_bound_text(text, measure, bound));
    return true;
}

static void print_quantile(FILE *out, struct report_scale scale, struct measure measure,
                           const struct model_metric *metric, const char *name, int64_t bound)
{
    const struct model_quantile *q = metric ? model_quantile(metric, name) : NULL;
    char value[MEASURE_CHARS], high[MEASURE_CHARS];

    if (q && print_unusable(out, measure, q->value, bound))
        return;
    fprintf(out, "<td class=\"number%s\">%s", q && !trust_quantile(metric, name) ? " few" : "",
            q ? digits(value, scale, measure, q->value) : "");
    if (q && q->has_interval) {
        fprintf(out, " <span class=\"bounds\">[%s,", digits(value, scale, measure, q->low));
        fprintf(out, "%s]</span>", digits(high, scale, measure, q->high));
    }
    fputs("</td>", out);
}

static void print_value(FILE *out, struct report_scale scale, struct measure measure, bool there, int64_t value,
                        int64_t bound)
{
    char text[MEASURE_CHARS];
    if (there && print_unusable(out, measure, value, bound))
        return;
    fprintf(out, "<td class=\"number\">%s</td>", there ? digits(text, scale, measure, value) : "");
}

static void print_verdict(FILE *out, const struct model_step *step, const struct model_metric *metric)
{
    const char *mark = metric ? model_series_mark(metric) : NULL;
    char notes[REASON_CHARS], doubt[TRUST_CHARS];
    const char *word = trust_verdict(step);
    fprintf(out, "<td class=\"%s\">%s", strcmp(word, "FAIL") == 0 ? "fail" : word, word);
    if (trust_doubt(doubt, step)[0])
        report_tag(out, ": ", doubt, "");
    if (strcmp(step->end, step_ends[STEP_BUDGET].word) == 0)
        fputs(" (budget)", out);
    if (mark)
        fprintf(out, ", %s", mark);
    if (metric && model_is_tail_cut(metric))
        fputs(", tail cut", out);
    report_tag(out, "", reason_notes(notes, step), "</td>");
}

/* A row below a step's: the same of other samples. */
static void print_tail(FILE *out, struct report_scale scale, struct measure measure, const char *name,
                       const struct model_tail *tail, int64_t bound)
{
    fprintf(out, "<tr class=\"tail\"><td>%s</td><td></td><td class=\"number\">%" PRIu64 "</td><td></td><td></td>", name,
            tail->n);
    print_value(out, scale, measure, true, tail->p50, bound);
    print_value(out, scale, measure, true, tail->p99, bound);
    print_value(out, scale, measure, true, tail->p999, bound);
    print_value(out, scale, measure, true, tail->max, bound);
    fputs("<td></td><td></td></tr>\n", out);
}

void report_exact(FILE *out, struct report_scale scale, const struct report_run *run, const struct model_step *step)
{
    const struct model_metric *metric = model_main_metric(step);
    bool there = metric && metric->n > 0;
    bool difference = there && measure_is_difference(metric);
    struct measure measure = measure_of(run->run, metric ? metric->unit : "", false);
    struct trust_counts counts = trust_counts_of(step);
    char name[MEASURE_CHARS + 48], every[MEASURE_CHARS];
    int64_t least = 0, bound = metric ? trust_bound_of_metric(run->run, step, metric) : 0;
    bool has_least = there && measure_least(step, metric, &least);

    report_tag(out, "<tr><td>", run->label, "</td>");
    print_verdict(out, step, metric);
    fprintf(out, "<td class=\"number\">%" PRIu64 "</td><td class=\"number\">%" PRIu64 "</td>", counts.kept,
            counts.rejected);
    print_value(out, scale, measure, has_least, least, bound);
    for (size_t i = 0; i < QUANTILES_SHOWN_COUNT; i++)
        print_quantile(out, scale, measure, there && (i == 0 || !difference) ? metric : NULL, QUANTILES_SHOWN[i],
                       bound);
    print_value(out, scale, measure, there && !difference, there ? metric->max : 0, bound);
    print_value(out, scale, measure, there && metric->has_floor && !difference, there ? metric->floor : 0, 0);
    fprintf(out, "<td>%s</td></tr>\n", !there ? "" : strcmp(measure.unit, "ns") == 0 ? scale.unit : measure.unit);
    if (there && metric->woke.n > metric->n)
        print_tail(out, scale, measure, "all that woke", &metric->woke, bound);
    if (there && metric->periodic.n > metric->woke.n) {
        snprintf(name, sizeof(name), "every %s, as a load of that period would see it",
                 measure_scaled(every, measure, (double)metric->every * measure.factor));
        print_tail(out, scale, measure, name, &metric->periodic, bound);
    }
}

void report_open_exact(FILE *out, const char *first)
{
    report_tag(out, "<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>", first, "</th><th>verdict</th>");
    fputs("<th class=\"number\">kept</th><th class=\"number\">rejected</th><th class=\"number\">min</th>", out);
    for (size_t i = 0; i < QUANTILES_SHOWN_COUNT; i++)
        fprintf(out, "<th class=\"number\">%s</th>", QUANTILES_SHOWN[i]);
    fputs("<th class=\"number\">max</th><th class=\"number\">floor</th><th>unit</th></tr></thead><tbody>\n", out);
}
