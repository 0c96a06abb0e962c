/* SPDX-License-Identifier: MIT */
/* `show --brief`: what a screen holds of a run: the machine, warnings, findings, failures, and a line an experiment. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/measure.h"
#include "run/tool/model/trust.h"
#include "run/tool/model/reason.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/text_table.h"
#include "run/tool/show/view.h"

#define GROUPS_MAX            16
/* Lines of findings; a narrow screen has more lines, and a sentence takes more of them. */
#define FINDINGS_LINES        10
#define FINDINGS_LINES_NARROW 16
#define LINES_EACH            2
#define LINES_EACH_NARROW     4
#define NARROW_COLUMNS        80
#define FAILURES_MAX          4

/* The steps of one experiment. */
struct group {
    const char *exp;
    size_t steps, failed, doubtful, skipped;
    const struct model_step *low, *high; /* with the smallest and the largest median */
    double low_ns, high_ns;
};

static struct group *group_of(struct group *groups, size_t *count, const char *exp)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(groups[i].exp, exp) == 0)
            return &groups[i];
    if (*count == GROUPS_MAX)
        return NULL;
    groups[*count] = (struct group){.exp = exp};
    return &groups[(*count)++];
}

/* Takes the median of a step's main metric, where it is a time that is usable, and the step is not doubtful. */
static void take_median(struct group *group, const struct model_run *run, const struct model_step *step)
{
    const struct model_metric *metric = model_main_metric(step);
    const struct model_quantile *p50 = metric ? model_quantile(metric, "p50") : NULL;
    struct measure measure = metric ? measure_of(run, metric->unit, false) : (struct measure){0, ""};
    double ns;

    if (!p50 || strcmp(show_verdict(step), "doubtful") == 0 || strcmp(measure.unit, "ns") != 0 ||
        !trust_usable(p50->value, trust_bound_of_metric(run, step, metric)))
        return;
    ns = (double)p50->value * measure.factor;
    if (!group->low || ns < group->low_ns) {
        group->low = step;
        group->low_ns = ns;
    }
    if (!group->high || ns > group->high_ns) {
        group->high = step;
        group->high_ns = ns;
    }
}

/* "390 ns cost_cpuid", without the experiment's name in front of the step's. */
static void set_median(struct table *table, size_t column, const struct group *group, const struct model_step *step,
                       double ns)
{
    const struct measure measure = {1, "ns"};
    char text[MEASURE_CHARS];
    size_t bytes = strlen(group->exp);
    const char *name =
        strncmp(step->name, group->exp, bytes) == 0 && step->name[bytes] == '_' ? step->name + bytes + 1 : "";

    table_set(table, column, "%s", measure_scaled(text, measure, ns));
    table_set(table, column + 1, "%s", name);
}

static void print_groups(const struct show_view *view, const struct group *groups, size_t count)
{
    static const struct table_column columns[] = {{"experiment", false, 0}, {"steps", true, 7},   {"not ok", true, 6},
                                                  {"doubtful", true, 5},    {"skipped", true, 4}, {"p50 from", true, 0},
                                                  {"of", false, 2},         {"to", true, 0},      {"of", false, 3}};
    struct table table;

    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < count && table_add_row(&table); i++) {
        const struct group *group = &groups[i];

        table_set(&table, 0, "%s", group->exp);
        table_set(&table, 1, "%zu", group->steps);
        if (group->failed)
            table_set(&table, 2, "%zu", group->failed);
        if (group->doubtful)
            table_set(&table, 3, "%zu", group->doubtful);
        if (group->skipped)
            table_set(&table, 4, "%zu", group->skipped);
        if (group->low)
            set_median(&table, 5, group, group->low, group->low_ns);
        if (group->high && group->high != group->low)
            set_median(&table, 7, group, group->high, group->high_ns);
        table_paint(&table, group->failed ? PAINT_BAD : group->skipped == group->steps ? PAINT_DIM : PAINT_PLAIN);
    }
    paint_heading(view->out, "Experiments");
    table_print(&table, view->out, view->width);
    table_free(&table);
}

/* A sentence takes no more lines than this. */
static size_t lines_each(const struct show_view *view)
{
    return view->width < NARROW_COLUMNS ? LINES_EACH_NARROW : LINES_EACH;
}

static void print_failures(const struct show_view *view, const struct model_run *run)
{
    size_t printed = 0, left = 0;

    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];
        char text[REASON_CHARS], line[2 * REASON_CHARS];

        if (step->verdict.seen && step->verdict.ok)
            continue;
        if (printed == FAILURES_MAX) {
            left++;
            continue;
        }
        if (printed++ == 0)
            paint_heading(view->out, "Failures");
        snprintf(line, sizeof(line), "%.300s: %s", step->name[0] ? step->name : "(unnamed)",
                 reason_of(text, run, step));
        print_clipped(view->out, line, view->width, lines_each(view));
    }
    if (left > 0)
        fprintf(view->out, "  and %zu more\n", left);
}

void show_brief(const struct show_view *view, const struct model_run *run, const struct platform *platform)
{
    struct group groups[GROUPS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];
        struct group *group = group_of(groups, &count, step->exp);

        if (!group)
            continue;
        group->steps++;
        group->failed += step->verdict.seen && !step->verdict.ok;
        group->doubtful += strcmp(show_verdict(step), "doubtful") == 0;
        group->skipped += step->verdict.seen && step->verdict.skip;
        take_median(group, run, step);
    }
    show_findings_brief(view, run, platform, view->width < NARROW_COLUMNS ? FINDINGS_LINES_NARROW : FINDINGS_LINES,
                        lines_each(view));
    print_failures(view, run);
    print_groups(view, groups, count);
    print_wrapped(view->out, "`show` prints every step, `show --step NAME` all of one.", 0, 0, view->width);
}
