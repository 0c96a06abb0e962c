/* SPDX-License-Identifier: MIT */
/* Latencies by method, source and interval, and by pair of CPUs. */
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/trust.h"
#include "run/tool/report/matrix.h"
#include "run/tool/report/view.h"

/* What of the steps' arguments tells rows apart, when the steps differ in it. */
static const char *const TELLING[] = {"others", "from", "irq", "asleep", "method", "delay"};
#define TELLING_COUNT (sizeof(TELLING) / sizeof(TELLING[0]))

/* So few runs or groups have rows of their own; of more the medians are shown. */
#define ROWS_APART_MAX 3

/* A step that has a method and a source, and a time. */
static const struct model_metric *metric_of(const struct report_run *run, const struct model_step *step)
{
    const struct model_metric *metric = model_main_metric(step);
    char idle[TRUST_CHARS], by[TRUST_CHARS];

    if (!metric || metric->n == 0 || !model_quantile(metric, "p50") || !model_quantile(metric, "p99"))
        return NULL;
    trust_argument(idle, step, "idle");
    trust_argument(by, step, "by");
    return idle[0] && by[0] && strcmp(measure_of(run->run, metric->unit, false).unit, "ns") == 0 ? metric : NULL;
}

/* Which of TELLING the steps differ in, and whether they do in their interval. */
struct differences {
    char first[TELLING_COUNT + 1][TRUST_CHARS];
    bool differ[TELLING_COUNT + 1];
    size_t steps;
};

static void look(struct differences *found, const struct report_run *run)
{
    for (size_t s = 0; s < run->run->step_count; s++) {
        const struct model_step *step = &run->run->steps[s];
        if (!metric_of(run, step))
            continue;
        for (size_t i = 0; i <= TELLING_COUNT; i++) {
            char value[TRUST_CHARS];
            trust_argument(value, step, i < TELLING_COUNT ? TELLING[i] : "interval");
            if (found->steps == 0)
                snprintf(found->first[i], TRUST_CHARS, "%s", value);
            found->differ[i] |= strcmp(found->first[i], value) != 0;
        }
        found->steps++;
    }
}

/* "20us" in ns; a range or a rule stands behind all lengths. */
static double length_of(const char *interval)
{
    static const struct {
        const char *unit;
        double ns;
    } units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
    char *end;
    double value = strtod(interval, &end);

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && end != interval; i++)
        if (strcmp(end, units[i].unit) == 0)
            return value * units[i].ns;
    return 1e18;
}

static void add_step(struct matrix *matrix, const struct differences *found, const struct report *report,
                     const struct report_run *run, const struct model_step *step)
{
    const struct model_metric *metric = metric_of(run, step);
    char row[400], column[TRUST_CHARS], by[TRUST_CHARS], word[TRUST_CHARS];
    struct measure measure;
    double length;
    size_t used;
    bool doubtful = strcmp(trust_verdict(step), "doubtful") == 0;

    if (!metric)
        return;
    measure = measure_of(run->run, metric->unit, false);
    trust_argument(by, step, "by");
    trust_argument(column, step, "interval");
    length = length_of(column);
    trust_interval(column, step);
    used = (size_t)snprintf(row, sizeof(row), "%.40s", trust_argument(word, step, "idle"));
    if (found->differ[TELLING_COUNT])
        used += (size_t)snprintf(row + used, sizeof(row) - used, " by %.30s", by);
    else
        snprintf(column, sizeof(column), "by %.60s", by);
    for (size_t i = 0; i < TELLING_COUNT; i++)
        if (found->differ[i] && trust_argument(word, step, TELLING[i])[0] && strcmp(word, "any") != 0 &&
            (i > 0 || strcmp(word, "asleep") != 0))
            used += (size_t)snprintf(row + used, sizeof(row) - used, ", %s %.20s", TELLING[i], word);
    if (report->column_count > 1 && report->column_count <= ROWS_APART_MAX)
        snprintf(row + used, sizeof(row) - used, ", %.40s", report->columns[run->column].label);
    matrix_add(matrix, row, column, found->differ[TELLING_COUNT] ? length : 0,
               &(struct matrix_value){
                   .p50 = (double)model_quantile(metric, "p50")->value * measure.factor,
                   .p99 = (double)model_quantile(metric, "p99")->value * measure.factor,
                   .bound = (double)trust_bound_of_metric(run->run, step, metric) * measure.factor,
                   .few50 = doubtful || !trust_quantile(metric, "p50"),
                   .few99 = doubtful || !trust_quantile(metric, "p99"),
               });
}

void report_heat(FILE *out, struct report *report)
{
    struct matrix *matrix = calloc(1, sizeof(*matrix));
    struct differences *found = calloc(1, sizeof(*found));

    for (size_t i = 0; found && i < report->run_count; i++)
        look(found, &report->runs[i]);
    for (size_t i = 0; matrix && found && i < report->run_count; i++)
        for (size_t s = 0; s < report->runs[i].run->step_count; s++)
            add_step(matrix, found, report, &report->runs[i], &report->runs[i].run->steps[s]);
    if (matrix && found && matrix->row_count > 0 && matrix->column_count > 1)
        matrix_print(matrix, out, "heat",
                     found->differ[TELLING_COUNT] ? "Wake latency by method and interval"
                                                  : "Wake latency by method and source",
                     found->differ[TELLING_COUNT] ? "method / interval" : "method / source");
    free(matrix);
    free(found);
}

/* All pairs of one metric in one run. */
static void add_pairs(struct matrix *matrix, const struct model_run *run, const struct model_step *step,
                      const char *metric)
{
    for (size_t i = 0; i < step->pair_count; i++) {
        const struct model_pair *pair = &step->pairs[i];
        double factor = measure_of(run, pair->unit, false).factor;
        char from[32], to[32];
        if (strcmp(pair->metric, metric) != 0 || pair->n == 0)
            continue;
        snprintf(from, sizeof(from), "CPU %lld", (long long)pair->from);
        snprintf(to, sizeof(to), "CPU %lld", (long long)pair->to);
        matrix_add(matrix, from, to, (double)pair->to,
                   &(struct matrix_value){.p50 = (double)pair->p50 * factor,
                                          .p99 = (double)pair->p99 * factor,
                                          .bound = (double)trust_bound_of_pair(run, pair) * factor,
                                          .few50 = !trust_quantile_of(pair->n, "p50"),
                                          .few99 = !trust_quantile_of(pair->n, "p99")});
    }
}

/* True where an earlier pair of the step has that metric. */
static bool is_known(const struct model_step *step, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(step->pairs[i].metric, step->pairs[index].metric) == 0)
            return true;
    return false;
}

void report_pairs(FILE *out, struct report *report, const char *name)
{
    struct matrix *matrix = calloc(1, sizeof(*matrix));
    const struct model_step *first = NULL;

    for (size_t i = 0; i < report->run_count && (!first || first->pair_count == 0); i++)
        first = model_step_by_name(report->runs[i].run, name);
    for (size_t p = 0; matrix && first && p < first->pair_count; p++) {
        char title[200];
        if (is_known(first, p))
            continue;
        memset(matrix, 0, sizeof(*matrix));
        for (size_t i = 0; i < report->run_count; i++) {
            const struct model_step *step = model_step_by_name(report->runs[i].run, name);
            if (step)
                add_pairs(matrix, report->runs[i].run, step, first->pairs[p].metric);
        }
        snprintf(title, sizeof(title), "%.120s, from CPU to CPU", first->pairs[p].metric);
        if (matrix->value_count > 0)
            matrix_print(matrix, out, "", title, "from / to");
    }
    free(matrix);
}
