/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/show/block_plot.h"
#include "run/tool/model/measure.h"
#include "run/tool/model/reason.h"
#include "run/tool/model/trust.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/view.h"
#include "run/tool/show/text_table.h"

#define STEP_NAME_COLUMNS_MAX 32

/* Only times stand on the common axis. */
static bool is_time(const struct model_metric *metric)
{
    return strcmp(metric->unit, "tsc") == 0 || strcmp(metric->unit, "mtsc") == 0;
}

void show_plots(const struct show_view *view, struct model *model, struct model_run *run)
{
    struct block_plot plot = {.utf8 = view->utf8};
    struct measure measure = {0};
    size_t name_columns = 0, count = 0;
    for (size_t i = 0; i < run->step_count; i++) {
        struct model_step *step = &run->steps[i];
        const struct model_metric *main = model_main_metric(step);
        struct model_metric *metric = main ? model_metric_by_name(model, step, main->name, false) : NULL;
        const struct hdr *hist = metric ? model_metric_hist(model, metric) : NULL;
        if (!hist || !is_time(metric))
            continue;
        measure = measure_of(run, metric->unit, view->ticks);
        block_plot_cover(&plot, hist, measure);
        if (strlen(step->name) > name_columns)
            name_columns = strlen(step->name);
        count++;
    }
    if (count == 0)
        return;
    if (name_columns > STEP_NAME_COLUMNS_MAX)
        name_columns = STEP_NAME_COLUMNS_MAX;
    if (name_columns > view->width / 2)
        name_columns = view->width / 2;
    plot.cells = view->width > name_columns + 12 ? view->width - name_columns - 2 : 10;
    if (plot.cells > BLOCK_PLOT_CELLS_MAX)
        plot.cells = BLOCK_PLOT_CELLS_MAX;
    paint_heading(view->out, "Distributions (both scales logarithmic)");
    for (size_t i = 0; i < run->step_count; i++) {
        const struct model_metric *metric = model_main_metric(&run->steps[i]);
        if (!metric || !metric->hist || !is_time(metric))
            continue;
        measure = measure_of(run, metric->unit, view->ticks);
        fprintf(view->out, "%-*.*s  ", (int)name_columns, (int)name_columns, run->steps[i].name);
        block_plot_print(&plot, view->out, metric->hist, measure);
        fputc('\n', view->out);
    }
    block_plot_axis(&plot, view->out, name_columns + 2, measure);
}

static void print_series(FILE *out, const struct model_metric *metric)
{
    if (!metric->series)
        return;
    fprintf(out, "  order of arrival: %s; rank autocorrelation %.3f at lag 1, %.3f at lag 2\n", metric->series,
            (double)metric->lag_permille[0] / 1000, (double)metric->lag_permille[1] / 1000);
}

static void print_tail(FILE *out, struct measure measure, const char *what, const struct model_tail *tail)
{
    char p99[MEASURE_CHARS], p999[MEASURE_CHARS], max[MEASURE_CHARS];
    if (tail->n == 0)
        return;
    fprintf(out, "  %s: n %" PRIu64 ", p99 %s, p99.9 %s, max %s\n", what, tail->n,
            measure_text(p99, measure, tail->p99), measure_text(p999, measure, tail->p999),
            measure_text(max, measure, tail->max));
}

static void print_quantiles(const struct show_view *view, const struct model_run *run,
                            const struct model_metric *metric, struct measure measure)
{
    static const struct table_column columns[] = {
        {"", false, 0}, {"value", true, 0}, {"95 % interval", false, 1}, {"ticks", true, 0}, {"worth", true, 2}};
    struct table table;
    bool worth = model_series_mark(metric) != NULL;
    for (size_t i = 0; i < metric->quantile_count; i++)
        worth |= metric->quantiles[i].effective > 0;
    table_init(&table, columns, worth ? 5 : 4);
    for (size_t i = 0; i < metric->quantile_count; i++) {
        const struct model_quantile *q = &metric->quantiles[i];
        char low[MEASURE_CHARS], high[MEASURE_CHARS];
        if (measure_is_difference(metric) && strcmp(q->name, "p50") != 0)
            continue;
        if (!table_add_row(&table))
            break;
        table_set(&table, 0, "  %s", q->name);
        table_set(&table, 1, "%s", measure_text(low, measure, q->value));
        if (q->has_interval)
            table_set(&table, 2, "[%s,%s]", measure_text(low, measure, q->low), measure_text(high, measure, q->high));
        if (is_time(metric))
            table_set(&table, 3, "%s", measure_text(low, measure_of(run, metric->unit, true), q->value));
        if (q->effective)
            table_set(&table, 4, "n %" PRIu64, q->effective);
    }
    if (table.row_count > 0)
        table_print(&table, view->out, view->width);
    table_free(&table);
}

static void print_worst(const struct show_view *view, const struct model_run *run, const struct model_step *step,
                        const struct model_metric *metric, struct measure measure)
{
    if (metric->worst_count == 0 || measure_is_difference(metric))
        return;
    fputs("  worst, and when after the step began:\n", view->out);
    for (size_t i = 0; i < metric->worst_count; i++) {
        char value[MEASURE_CHARS];
        double after = (double)(int64_t)((uint64_t)metric->worst[i].at_tsc - (uint64_t)step->begin_tsc);
        fprintf(view->out, "    %s %s", measure_text(value, measure, metric->worst[i].value), measure.unit);
        if (run->tsc_hz > 0 && step->begun)
            fprintf(view->out, " at %.3f ms\n", after * 1e3 / (double)run->tsc_hz);
        else
            fprintf(view->out, " at tick %" PRId64 "\n", metric->worst[i].at_tsc);
    }
}

static void show_metric(const struct show_view *view, struct model *model, const struct model_run *run,
                        const struct model_step *step, struct model_metric *metric)
{
    struct measure measure = measure_of(run, metric->unit, view->ticks);
    int64_t bound = trust_bound_of_metric(run, step, metric);
    const struct model_quantile *p50 = model_quantile(metric, "p50");
    char text[MEASURE_CHARS], doubt[TRUST_CHARS];
    const struct hdr *hist;

    fprintf(view->out, "\n%s, in %s: n %" PRIu64, metric->name, measure.unit, metric->n);
    if (metric->n > 0) {
        double mean = (double)metric->sum / (double)metric->n * measure.factor;
        fprintf(view->out, ", mean %.1f, MAD %s", mean, measure_text(text, measure, metric->mad));
    }
    if (metric->has_floor)
        fprintf(view->out, ", floor %s (n %" PRIu64 ")", measure_text(text, measure, metric->floor), metric->floor_n);
    if (metric->has_fenced)
        fprintf(view->out, ", behind a fence %s", measure_text(text, measure, metric->fenced));
    if (metric->negative > 0)
        fprintf(view->out, ", below zero %" PRIu64, metric->negative);
    fputc('\n', view->out);
    if (measure_is_difference(metric))
        fputs("  marginal cost of one more in a row: the median of differences\n", view->out);
    if (p50 && !trust_usable(p50->value, bound))
        fprintf(view->out, "  known by the offset of the two CPUs' TSCs: %s\n",
                trust_bound_text(doubt, measure, bound));
    print_series(view->out, metric);
    print_tail(view->out, measure, "all that woke, kept or not", &metric->woke);
    print_tail(view->out, measure, "as a load of that period would see it", &metric->periodic);
    print_quantiles(view, run, metric, measure);
    print_worst(view, run, step, metric, measure);
    hist = model_metric_hist(model, metric);
    if (hist)
        block_plot_bars(view->out, hist, measure, view->width, view->utf8);
    else if (metric->hist_error)
        fprintf(view->out, "  no histogram: %s\n", metric->hist_error);
}

/* What was measured between pairs of CPUs. */
static void print_pairs(const struct show_view *view, const struct model_run *run, const struct model_step *step)
{
    static const struct table_column columns[] = {
        {"between CPUs", false, 0}, {"from", true, 0}, {"to", true, 0},  {"n", true, 2},   {"lost", true, 1},
        {"min", true, 3},           {"p50", true, 0},  {"p99", true, 0}, {"max", true, 4}, {"", false, 5},
    };
    struct table table;
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < step->pair_count && table_add_row(&table); i++) {
        const struct model_pair *pair = &step->pairs[i];
        struct measure measure = measure_of(run, pair->unit, view->ticks);
        const int64_t values[] = {pair->min, pair->p50, pair->p99, pair->max};
        char text[MEASURE_CHARS];
        table_set(&table, 0, "  %s", pair->metric);
        table_set(&table, 1, "%" PRId64, pair->from);
        table_set(&table, 2, "%" PRId64, pair->to);
        table_set(&table, 3, "%" PRIu64, pair->n);
        table_set(&table, 4, "%" PRIu64, pair->lost);
        for (size_t v = 0; v < 4; v++)
            table_set(&table, 5 + v, "%s", measure_text(text, measure, values[v]));
        table_set(&table, 9, "%s", measure.unit);
    }
    if (step->pair_count > 0) {
        fputc('\n', view->out);
        table_print(&table, view->out, view->width);
    }
    table_free(&table);
}

void show_step(const struct show_view *view, struct model *model, const struct model_run *run, struct model_step *step)
{
    char reason[REASON_CHARS], doubt[TRUST_CHARS];
    char value[MEASURE_CHARS];

    fprintf(view->out, "\nStep %s: %s%s\n", step->name, show_verdict(step), reason_notes(reason, step));
    if (trust_doubt(doubt, step)[0])
        fprintf(view->out, "  %s\n", doubt);
    if (reason_of(reason, run, step)[0])
        fprintf(view->out, "  %s\n", reason);
    else if (step->verdict.detail[0])
        fprintf(view->out, "  %s\n", step->verdict.detail);
    fprintf(view->out, "  %s %s (line %lld)\n", step->exp, step->args, (long long)step->line);
    fprintf(view->out, "  ended by %s after %" PRIu64 " ms: %" PRIu64 " samples, %" PRIu64 " rejected",
            step->end[0] ? step->end : "nothing", step->ms, step->n, step->rejected);
    for (size_t i = 0; i < step->reject_count; i++)
        fprintf(view->out, "%s %s %" PRIu64, i ? "," : ":", step->rejects[i].reason, step->rejects[i].count);
    fputc('\n', view->out);
    for (size_t i = 0; i < step->scalar_count; i++)
        fprintf(view->out, "  %s %s\n", step->scalars[i].key,
                measure_scalar(value, run, &step->scalars[i], view->ticks));
    for (size_t i = 0; i < step->finding_count; i++)
        fprintf(view->out, "  finding %s%s%s%s: %s\n", step->findings[i].id, step->findings[i].conf[0] ? " (" : "",
                step->findings[i].conf, step->findings[i].conf[0] ? ")" : "", step->findings[i].text);
    show_step_host(view, step);
    print_pairs(view, run, step);
    show_step_rows(view, run, step);
    for (size_t i = 0; i < step->metric_count; i++)
        if (!step->metrics[i].of_row)
            show_metric(view, model, run, step, &step->metrics[i]);
}
