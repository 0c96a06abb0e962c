// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/measure.h"
#include "run/tool/show_view.h"
#include "run/tool/table.h"

enum {
    COLUMN_STEP,
    COLUMN_N,
    COLUMN_REJECTED,
    COLUMN_MIN,
    COLUMN_P50,
    COLUMN_P50_BOUNDS,
    COLUMN_P99,
    COLUMN_P99_BOUNDS,
    COLUMN_P999,
    COLUMN_MAX,
    COLUMN_FLOOR,
    COLUMN_UNIT,
    COLUMN_VERDICT,
    COLUMN_COUNT,
};

static const struct table_column COLUMNS[COLUMN_COUNT] = {
    [COLUMN_STEP] = {"step", false, 0},       [COLUMN_N] = {"n", true, 8},
    [COLUMN_REJECTED] = {"rej", true, 4},     [COLUMN_MIN] = {"min", true, 6},
    [COLUMN_P50] = {"p50", true, 0},          [COLUMN_P50_BOUNDS] = {"(95 %)", false, 1},
    [COLUMN_P99] = {"p99", true, 0},          [COLUMN_P99_BOUNDS] = {"(95 %)", false, 2},
    [COLUMN_P999] = {"p99.9", true, 5},       [COLUMN_MAX] = {"max", true, 7},
    [COLUMN_FLOOR] = {"floor", true, 3},      [COLUMN_UNIT] = {"", false, 9},
    [COLUMN_VERDICT] = {"verdict", false, 0},
};

const char *show_verdict(const struct model_step *step)
{
    if (!step->verdict.seen)
        return step->begun && !step->end[0] ? "running" : "no verdict";
    if (step->verdict.skip)
        return "skip";
    return step->verdict.ok ? "pass" : "FAIL";
}

// Value and interval of one quantile in two cells.
static void set_quantile(struct table *table, const struct model_metric *metric,
                         struct measure measure, const char *name, size_t column, size_t bounds)
{
    char text[MEASURE_CHARS], high[MEASURE_CHARS];
    const struct model_quantile *q = model_quantile(metric, name);
    if (!q)
        return;
    table_set(table, column, "%s", measure_text(text, measure, q->value));
    if (!bounds)
        return;
    if (q->has_interval)
        table_set(table, bounds, "[%s,%s]", measure_text(text, measure, q->low),
                  measure_text(high, measure, q->high));
    else
        table_set(table, bounds, "[n too small]");
}

static void set_metric(struct table *table, const struct show_view *view,
                       const struct model_run *run, const struct model_metric *metric)
{
    char text[MEASURE_CHARS];
    struct measure measure = measure_of(run, metric->unit, view->ticks);
    table_set(table, COLUMN_N, "%" PRIu64, metric->n);
    table_set(table, COLUMN_MIN, "%s", measure_text(text, measure, metric->min));
    table_set(table, COLUMN_MAX, "%s", measure_text(text, measure, metric->max));
    set_quantile(table, metric, measure, "p50", COLUMN_P50, COLUMN_P50_BOUNDS);
    set_quantile(table, metric, measure, "p99", COLUMN_P99, COLUMN_P99_BOUNDS);
    set_quantile(table, metric, measure, "p99.9", COLUMN_P999, 0);
    if (metric->has_floor)
        table_set(table, COLUMN_FLOOR, "%s", measure_text(text, measure, metric->floor));
    table_set(table, COLUMN_UNIT, "%s", measure.unit);
}

uint64_t show_rejected(const struct model_step *step)
{
    uint64_t count = 0;
    for (size_t i = 0; i < step->reject_count; i++)
        count += strcmp(step->rejects[i].reason, "warmup") == 0 ? 0 : step->rejects[i].count;
    return step->reject_count > 0 ? count : step->rejected;
}

// What stands behind the verdict: the reason of a skip, an end that is not the usual one.
static void set_verdict(struct table *table, const struct model_step *step)
{
    const char *word = show_verdict(step);
    bool usual = strcmp(step->end, "samples") == 0 || strcmp(step->end, "done") == 0 ||
                 strcmp(step->end, "skip") == 0 || !step->end[0];
    if (step->verdict.skip)
        table_set(table, COLUMN_VERDICT, "%s: %s", word, step->verdict.detail);
    else if (!usual)
        table_set(table, COLUMN_VERDICT, "%s (%s)", word, step->end);
    else
        table_set(table, COLUMN_VERDICT, "%s", word);
}

// Scalars of all steps, one a line.
static void print_scalars(const struct show_view *view, const struct model_run *run)
{
    static const struct table_column columns[] = {
        {"step", false, 0}, {"result", false, 0}, {"value", true, 0}, {"", false, 0}};
    struct table table;
    table_init(&table, columns, 4);
    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];
        for (size_t j = 0; j < step->scalar_count; j++) {
            const struct model_scalar *scalar = &step->scalars[j];
            struct measure measure = measure_of(run, scalar->unit, view->ticks);
            char text[MEASURE_CHARS];
            if (!table_add_row(&table))
                break;
            table_set(&table, 0, "%s", step->name);
            table_set(&table, 1, "%s", scalar->key);
            table_set(&table, 2, "%s",
                      scalar->is_integer ? measure_text(text, measure, scalar->value)
                                         : scalar->text);
            table_set(&table, 3, "%s", scalar->is_integer ? measure.unit : "");
        }
    }
    if (table.row_count > 0) {
        fputs("\nResults\n", view->out);
        table_print(&table, view->out, view->width);
    }
    table_free(&table);
}

void show_steps(const struct show_view *view, const struct model_run *run)
{
    struct table table;
    table_init(&table, COLUMNS, COLUMN_COUNT);
    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_step *step = &run->steps[i];
        const struct model_metric *metric = model_main_metric(step);
        if (!table_add_row(&table))
            break;
        if (step->name[0])
            table_set(&table, COLUMN_STEP, "%s", step->name);
        else
            table_set(&table, COLUMN_STEP, "(step %lld)", (long long)step->id);
        if (step->n > 0)
            table_set(&table, COLUMN_N, "%" PRIu64, step->n);
        if (step->end[0])
            table_set(&table, COLUMN_REJECTED, "%" PRIu64, show_rejected(step));
        if (metric)
            set_metric(&table, view, run, metric);
        set_verdict(&table, step);
    }
    fputs("\nSteps\n", view->out);
    table_print(&table, view->out, view->width);
    table_free(&table);
    print_scalars(view, run);
}

void show_findings(const struct show_view *view, const struct model_run *run)
{
    size_t total = run->finding_count;
    for (size_t i = 0; i < run->step_count; i++)
        total += run->steps[i].finding_count;
    if (total == 0)
        return;
    fputs("\nFindings\n", view->out);
    for (size_t i = 0; i <= run->step_count; i++) {
        const struct model_step *step = i < run->step_count ? &run->steps[i] : NULL;
        const struct model_finding *list = step ? step->findings : run->findings;
        size_t count = step ? step->finding_count : run->finding_count;
        for (size_t j = 0; j < count; j++) {
            char head[160];
            snprintf(head, sizeof(head), "  %s%s", step ? step->name : "run", ": ");
            fputs(head, view->out);
            print_wrapped(view->out, list[j].text, strlen(head), 4, view->width);
            if (list[j].conf[0])
                fprintf(view->out, "    (%s)\n", list[j].conf);
        }
    }
}
