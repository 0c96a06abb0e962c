/* SPDX-License-Identifier: MIT */
#include "run/tool/report/summary.h"

#include <stdlib.h>
#include <string.h>

#define RUNS_MAX 4096 /* values of one step that are looked at */

struct report_step *report_step_names(struct report *report, size_t *count)
{
    size_t room = 0;
    struct report_step *list;

    *count = 0;
    for (size_t i = 0; i < report->run_count; i++)
        room += report->runs[i].run->step_count;
    list = calloc(room ? room : 1, sizeof(*list));
    for (size_t i = 0; list && i < report->run_count; i++)
        for (size_t s = 0; s < report->runs[i].run->step_count; s++) {
            const struct model_step *step = &report->runs[i].run->steps[s];
            bool known = false;
            /* An earlier run has it, or this one had the name before. */
            for (size_t before = 0; before < i && !known; before++)
                known = model_step_by_name(report->runs[before].run, step->name) != NULL;
            known = known || model_step_by_name(report->runs[i].run, step->name) != step;
            if (!known)
                list[(*count)++] = (struct report_step){step->name, step->exp};
        }
    return list;
}

bool report_begins_experiment(const struct report_step *names, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(names[i].exp, names[index].exp) == 0)
            return false;
    return true;
}

const char *const summary_names[FIGURES] = {"min", "p50", "p99", "p99.9", "max"};

/* One figure of one run, in shown units. False: it has none. */
static bool figure_of(const struct report_run *run, const struct model_step *step, enum figure figure, double *value)
{
    const struct model_metric *metric = model_main_metric(step);
    const struct model_quantile *quantile;
    int64_t least;

    if (!metric || metric->n == 0 || (figure > FIGURE_P50 && measure_is_difference(metric)))
        return false;
    quantile = model_quantile(metric, summary_names[figure]);
    if (figure == FIGURE_MIN && !measure_least(step, metric, &least))
        return false;
    if (figure != FIGURE_MIN && figure != FIGURE_MAX && !quantile)
        return false;
    *value = (double)(figure == FIGURE_MIN   ? least
                      : figure == FIGURE_MAX ? metric->max
                                             : quantile->value) *
             measure_of(run->run, metric->unit, false).factor;
    return true;
}

/* The later, the worse. */
static int badness(const char *verdict)
{
    static const char *const order[] = {"skip", "pass", "doubtful", "running", "no verdict", "FAIL"};
    int at = 0;
    while (at < 5 && strcmp(order[at], verdict) != 0)
        at++;
    return at;
}

static void add_run(struct summary *all, const struct report_run *run, const struct model_step *step)
{
    const char *verdict = trust_verdict(step);
    struct trust_counts counts = trust_counts_of(step);

    if (!all->step || badness(verdict) > badness(all->verdict)) {
        all->verdict = verdict;
        all->worst = step;
        all->worst_run = run;
    }
    all->step = all->step ? all->step : step;
    all->run = all->run ? all->run : run;
    all->runs++;
    all->good += strcmp(verdict, "pass") == 0;
    all->counts.kept += counts.kept;
    all->counts.rejected += counts.rejected;
}

static void take_figure(struct summary *all, struct report *report, const char *name, enum figure figure)
{
    static double values[RUNS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < report->run_count && count < RUNS_MAX; i++) {
        struct model_step *step = model_step_by_name(report->runs[i].run, name);
        const struct model_metric *metric = step ? model_main_metric(step) : NULL;
        double bound;
        if (!metric || !figure_of(&report->runs[i], step, figure, &values[count]))
            continue;
        bound = (double)trust_bound_of_metric(report->runs[i].run, step, metric) *
                measure_of(report->runs[i].run, metric->unit, false).factor;
        all->bound = bound > all->bound ? bound : all->bound;
        all->few[figure] |= !trust_quantile(metric, summary_names[figure]);
        count++;
    }
    all->known[figure] = count > 0;
    if (count > 0)
        all->values[figure] = report_spread_of(values, count).median;
}

void summary_of(struct summary *all, struct report *report, const char *name)
{
    *all = (struct summary){.verdict = "skip"};
    for (size_t i = 0; i < report->run_count; i++) {
        struct model_step *step = model_step_by_name(report->runs[i].run, name);
        if (step)
            add_run(all, &report->runs[i], step);
    }
    for (enum figure figure = 0; figure < FIGURES; figure++)
        take_figure(all, report, name, figure);
}
