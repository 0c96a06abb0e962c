/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/dependence.h"
#include "lib/quantile.h"
#include "lib/rows/reasons.h"
#include "run/tool/model/measure.h"
#include "run/tool/model/reason.h"
#include "run/tool/model/trust.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/view.h"
#include "run/tool/show/text_table.h"

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
    [COLUMN_FLOOR] = {"floor", true, 3},      [COLUMN_UNIT] = {"", false, 0},
    [COLUMN_VERDICT] = {"verdict", false, 0},
};

const char *show_verdict(const struct model_step *step)
{
    return trust_verdict(step);
}

/* The value, or "<BOUND" where it is not above what it is known to (print_marks()). */
static void set_value(struct table *table, size_t column, struct measure measure, int64_t value, int64_t bound)
{
    char text[MEASURE_CHARS];
    bool usable = trust_usable(value, bound);
    table_set(table, column, "%s%s", usable ? "" : "<", measure_text(text, measure, usable ? value : bound));
}

/* Enough samples were judged and none of the marks holds, but most of a tail came at once (lib/dependence.h). */
static bool is_seen_once(const struct model_metric *metric, const struct model_quantile *q)
{
    struct quantile_ranks ranks;
    size_t i = 0;
    while (i < QUANTILE_COUNT && strcmp(QUANTILES[i].name, q->name) != 0)
        i++;
    return metric->series && metric->n >= DEPENDENCE_PRINTS && !model_series_mark(metric) && !q->has_interval &&
           !q->effective && i < QUANTILE_COUNT && quantile_interval(metric->n, QUANTILES[i].parts, &ranks);
}

static bool has_seen_once(const struct model_metric *metric)
{
    const struct model_quantile *p50 = model_quantile(metric, "p50"), *p99 = model_quantile(metric, "p99");
    return (p50 && is_seen_once(metric, p50)) || (p99 && !measure_is_difference(metric) && is_seen_once(metric, p99));
}

/* Value and interval of one quantile in two cells. */
static void set_quantile(struct table *table, const struct model_metric *metric, struct measure measure, int64_t bound,
                         const char *name, size_t column, size_t bounds)
{
    char text[MEASURE_CHARS], high[MEASURE_CHARS];
    const struct model_quantile *q = model_quantile(metric, name);
    const char *mark = model_series_mark(metric);
    if (!q)
        return;
    set_value(table, column, measure, q->value, bound);
    if (!bounds || !trust_usable(q->value, bound))
        return;
    if (q->has_interval)
        table_set(table, bounds, "[%s,%s]", measure_text(text, measure, q->low), measure_text(high, measure, q->high));
    else
        table_set(table, bounds, "[%s]", mark ? mark : is_seen_once(metric, q) ? "seen once" : "n too small");
}

static void set_metric(struct table *table, const struct show_view *view, const struct model_run *run,
                       const struct model_step *step, const struct model_metric *metric)
{
    char text[MEASURE_CHARS];
    struct measure measure = measure_of(run, metric->unit, view->ticks);
    int64_t least, bound = trust_bound_of_metric(run, step, metric);
    table_set(table, COLUMN_N, "%" PRIu64, metric->n);
    if (measure_least(step, metric, &least))
        set_value(table, COLUMN_MIN, measure, least, bound);
    set_quantile(table, metric, measure, bound, "p50", COLUMN_P50, COLUMN_P50_BOUNDS);
    table_set(table, COLUMN_UNIT, "%s", measure.unit);
    if (measure_is_difference(metric))
        return;
    set_value(table, COLUMN_MAX, measure, metric->max, bound);
    set_quantile(table, metric, measure, bound, "p99", COLUMN_P99, COLUMN_P99_BOUNDS);
    set_quantile(table, metric, measure, bound, "p99.9", COLUMN_P999, 0);
    if (metric->has_floor)
        table_set(table, COLUMN_FLOOR, "%s", measure_text(text, measure, metric->floor));
}

/*
 * Fills the verdict column: the word, then a skip's reason, what its samples' order says, whether rejects cut its tail,
 * and the way in which a step failed to end well.
 */
static void set_verdict(struct table *table, const struct model_step *step, const char *mark, bool cut)
{
    char notes[REASON_CHARS], doubt[TRUST_CHARS];
    const char *word = show_verdict(step);
    bool usual = !step->end[0] || reason_find(step_ends, STEP_ENDS, step->end) <= STEP_SKIP;
    if (step->verdict.skip)
        table_set(table, COLUMN_VERDICT, "%s: %s", word, step->verdict.detail);
    else if (trust_doubt(doubt, step)[0])
        table_set(table, COLUMN_VERDICT, "%s: %s%s", word, doubt, reason_notes(notes, step));
    else
        table_set(table, COLUMN_VERDICT, "%s%s%s%s%s%s%s%s", word, mark ? ", " : "", mark ? mark : "",
                  cut ? ", tail cut" : "", usual ? "" : " (", usual ? "" : step->end, usual ? "" : ")",
                  reason_notes(notes, step));
}

/* What a step's main metric is, in words. */
static const char *subject_of(const struct model_step *step, const struct model_metric *metric)
{
    static const struct {
        const char *exp, *text;
    } subjects[] = {
        {"noise", "time taken from a tight loop at once"},
        {"cost", "time of one instruction"},
        {"wake", "wake latency, from the event to the first stamp after it"},
    };
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
        if (strcmp(subjects[i].exp, step->exp) == 0)
            return subjects[i].text;
    return metric ? metric->name : "";
}

/* A heading before the first of several steps of one experiment. */
static void add_heading(struct table *table, const struct model_run *run, size_t i)
{
    const struct model_step *step = &run->steps[i];
    bool first = i == 0 || strcmp(run->steps[i - 1].exp, step->exp) != 0;
    const struct model_metric *metric = NULL;
    for (size_t j = i; j < run->step_count && !metric && strcmp(run->steps[j].exp, step->exp) == 0; j++)
        metric = model_main_metric(&run->steps[j]);
    if (first && metric)
        table_add_heading(table, "-- %s: %s", step->exp, subject_of(step, metric));
}

/* A row below a step's: the same of other samples. */
static void add_tail(struct table *table, struct measure measure, const char *name, const struct model_tail *tail)
{
    char text[MEASURE_CHARS];
    if (!table_add_row(table))
        return;
    table_set(table, COLUMN_STEP, "%s", name);
    table_set(table, COLUMN_N, "%" PRIu64, tail->n);
    table_set(table, COLUMN_P50, "%s", measure_text(text, measure, tail->p50));
    table_set(table, COLUMN_P99, "%s", measure_text(text, measure, tail->p99));
    table_set(table, COLUMN_P999, "%s", measure_text(text, measure, tail->p999));
    table_set(table, COLUMN_MAX, "%s", measure_text(text, measure, tail->max));
    table_set(table, COLUMN_UNIT, "%s", measure.unit);
}

/* The latencies of a periodic load, where it would have had more than were measured. */
static void add_periodic(struct table *table, struct measure measure, const struct model_metric *metric)
{
    char name[MEASURE_CHARS + 16], text[MEASURE_CHARS];
    snprintf(name, sizeof(name), "  every %s", measure_scaled(text, measure, (double)metric->every * measure.factor));
    add_tail(table, measure, name, &metric->periodic);
}

static void add_step(struct table *table, const struct show_view *view, const struct model_run *run,
                     const struct model_step *step)
{
    const struct model_metric *metric = model_main_metric(step);
    if (!table_add_row(table))
        return;
    if (step->name[0])
        table_set(table, COLUMN_STEP, "%s", step->name);
    else
        table_set(table, COLUMN_STEP, "(step %lld)", (long long)step->id);
    if (step->n > 0 && !metric)
        table_set(table, COLUMN_N, "%" PRIu64, step->n);
    if (step->end[0])
        table_set(table, COLUMN_REJECTED, "%" PRIu64, model_rejected(step));
    if (metric && metric->n > 0)
        set_metric(table, view, run, step, metric);
    else if (metric)
        table_set(table, COLUMN_N, "0");
    table_paint(table, step->verdict.seen && !step->verdict.ok ? PAINT_BAD
                       : step->verdict.skip                    ? PAINT_DIM
                                                               : PAINT_PLAIN);
    set_verdict(table, step, metric ? model_series_mark(metric) : NULL, metric && model_is_tail_cut(metric));
    if (metric && metric->woke.n > metric->n)
        add_tail(table, measure_of(run, metric->unit, view->ticks), "  all that woke", &metric->woke);
    if (metric && metric->periodic.n > metric->woke.n)
        add_periodic(table, measure_of(run, metric->unit, view->ticks), metric);
}

static bool has_unusable(const struct model_run *run, const struct model_step *step, const struct model_metric *metric)
{
    const struct model_quantile *q = model_quantile(metric, "p50");
    int64_t least, bound = trust_bound_of_metric(run, step, metric);
    return (q && !trust_usable(q->value, bound)) ||
           (measure_least(step, metric, &least) && !trust_usable(least, bound));
}

enum { MARK_INTERVAL, MARK_CLUSTERED, MARK_DRIFTS, MARK_ONCE, MARK_UNUSABLE, MARK_CUT, MARK_EVERY, MARK_COST, MARKS };

/* What an interval means, and the marks of the rows. */
static const char *const MARK_TEXTS[MARKS] = {
    [MARK_INTERVAL] = "[low,high]: 95 % interval of this run, if its samples were independent",
    [MARK_CLUSTERED] = "clustered: neighbouring samples are alike; the interval is that of fewer, independent samples, "
                       "or there is none",
    [MARK_DRIFTS] = "drifts: the level changes between halves or quarters; no interval",
    [MARK_ONCE] = "seen once: most of a tail came at once, and how often it comes is not known; no interval",
    [MARK_UNUSABLE] = "<N: not above what the offset of the two CPUs' TSCs is known to, give or take N: not usable",
    [MARK_CUT] = "tail cut: with the rejected wakes (all that woke) p99, p99.9 or max differ by more than 10 %",
    [MARK_EVERY] = "every ...: as a load of that period would see it: a wake that is late by more than the period also "
                   "delays those behind it",
    [MARK_COST] = "cost without p99: the marginal cost of one more in a row; min is the shortest 16 less the shortest "
                  "8, divided by 8",
};

static void print_marks(const struct show_view *view, const struct model_run *run)
{
    bool is_there[MARKS] = {[MARK_INTERVAL] = true};
    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_metric *metric = model_main_metric(&run->steps[i]);
        const char *mark = metric ? model_series_mark(metric) : NULL;
        is_there[MARK_CLUSTERED] |= mark && strcmp(mark, "clustered") == 0;
        is_there[MARK_DRIFTS] |= mark && strcmp(mark, "drifts") == 0;
        is_there[MARK_ONCE] |= metric && has_seen_once(metric);
        is_there[MARK_COST] |= metric && measure_is_difference(metric);
        is_there[MARK_CUT] |= metric && model_is_tail_cut(metric);
        is_there[MARK_UNUSABLE] |= metric && metric->n > 0 && has_unusable(run, &run->steps[i], metric);
        is_there[MARK_EVERY] |= metric && metric->periodic.n > metric->woke.n;
    }
    for (size_t i = 0; i < MARKS; i++)
        if (is_there[i])
            print_wrapped(view->out, MARK_TEXTS[i], 0, 2, view->width);
}

void show_steps(const struct show_view *view, const struct model_run *run)
{
    struct table table;
    table_init(&table, COLUMNS, COLUMN_COUNT);
    for (size_t i = 0; i < run->step_count; i++) {
        add_heading(&table, run, i);
        add_step(&table, view, run, &run->steps[i]);
    }
    paint_heading(view->out, "Steps");
    table_print(&table, view->out, view->width);
    table_free(&table);
    print_marks(view, run);
}
