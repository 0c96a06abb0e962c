/* SPDX-License-Identifier: MIT */
#include "run/tool/report/bands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/trust.h"

/* More steps are taken together by method and source; more runs or groups, too. */
#define BANDS_STEPS_MAX  16
#define BANDS_COLUMN_MAX 3
#define NOISE_TIMES_MAX  100

static bool is_wake(const struct model_step *step)
{
    return strcmp(step->exp, "wake") == 0 && model_main_metric(step);
}

/* Steps whose time is a latency of some way to wait. */
static bool is_wait(const struct model_step *step)
{
    static const char *const kinds[] = {"deadline", "ipi", "haltpoll", "tick", "policy", "breakeven"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i], step->exp) == 0)
            return model_main_metric(step) != NULL;
    return false;
}

static size_t count_steps(const struct report *report, bool (*wanted)(const struct model_step *))
{
    size_t most = 0;
    for (size_t i = 0; i < report->run_count; i++) {
        size_t count = 0;
        for (size_t s = 0; s < report->runs[i].run->step_count; s++)
            count += wanted(&report->runs[i].run->steps[s]);
        most = count > most ? count : most;
    }
    return most;
}

/* "hlt by ipi", and with `whole` what else tells the step from others. */
static void name_band(char *label, const struct report *report, const struct report_run *run,
                      const struct model_step *step, bool whole)
{
    char idle[TRUST_CHARS], by[TRUST_CHARS], interval[TRUST_CHARS], others[TRUST_CHARS];
    size_t used;

    trust_argument(idle, step, "idle");
    trust_argument(by, step, "by");
    trust_interval(interval, step);
    trust_argument(others, step, "others");
    if (idle[0] && by[0])
        used = (size_t)snprintf(label, LABEL_CHARS, "%.40s by %.30s", idle, by);
    else
        used = (size_t)snprintf(label, LABEL_CHARS, "%.100s", step->name);
    if (whole && idle[0] && by[0])
        used += (size_t)snprintf(label + used, LABEL_CHARS - used, ", %.40s%s", interval,
                                 strcmp(others, "awake") == 0 ? ", others awake" : "");
    if (report->column_count > 1 && report->column_count <= BANDS_COLUMN_MAX)
        snprintf(label + used, LABEL_CHARS - used, ", %.40s", report->columns[run->column].label);
}

static struct band *band_of(struct bands *bands, const char *label, const char *source, const char *step)
{
    size_t at = 0;
    while (at < bands->count && strcmp(bands->list[at].label, label) != 0)
        at++;
    if (at == BANDS_MAX)
        return NULL;
    if (at == bands->count) {
        bands->count++;
        bands->list[at].step = step;
        snprintf(bands->list[at].label, LABEL_CHARS, "%s", label);
        snprintf(bands->list[at].source, sizeof(bands->list[at].source), "%.31s", source);
    }
    return &bands->list[at];
}

static void add_step(struct bands *bands, struct report *report, const struct report_run *run, struct model_step *step,
                     bool whole)
{
    const struct model_metric *metric = model_main_metric(step);
    struct measure measure = measure_of(run->run, metric->unit, false);
    char label[LABEL_CHARS], source[TRUST_CHARS];
    double floor = metric->has_floor ? (double)metric->floor * measure.factor : 0;
    double bound = (double)trust_bound_of_metric(run->run, step, metric) * measure.factor;
    struct band *band;

    name_band(label, report, run, step, whole);
    band = band_of(bands, label, trust_argument(source, step, "by"), step->name);
    if (!band || metric->n == 0)
        return;
    if (band->steps++ == 0 && model_quantile(metric, "p50") && model_quantile(metric, "p99")) {
        band->exact50 = (double)model_quantile(metric, "p50")->value * measure.factor;
        band->exact99 = (double)model_quantile(metric, "p99")->value * measure.factor;
    }
    band->samples += metric->n;
    band->doubtful += strcmp(trust_verdict(step), "doubtful") == 0;
    band->floor = floor > band->floor ? floor : band->floor;
    band->bound = bound > band->bound ? bound : band->bound;
    cloud_add_metric(&band->cloud, &run->log->model, run->run,
                     model_metric_by_name(&run->log->model, step, metric->name, false));
}

/* Wakes from each C-state by each source: their rows have four quantiles, and no histogram. */
static void add_states(struct bands *bands, const struct report_run *run, const struct model_step *step)
{
    struct measure measure = measure_of(run->run, "tsc", false);

    for (size_t i = 0; i < step->row_count; i++) {
        static const struct {
            const char *member;
            double share;
        } parts[] = {{"min", 0.01}, {"p50", 0.49}, {"p99", 0.49}, {"max", 0.01}};
        const json_t *row = step->rows[i].values;
        const char *state = json_string_value(json_object_get(row, "state"));
        const char *by = json_string_value(json_object_get(row, "by"));
        double n = json_number_value(json_object_get(row, "n"));
        char label[LABEL_CHARS];
        struct band *band;

        if (strcmp(step->rows[i].kind, "cstate") != 0 || !state || !by || n < 1)
            continue;
        snprintf(label, sizeof(label), "%.40s by %.30s", state, by);
        band = band_of(bands, label, by, step->name);
        if (!band || band->steps > 0)
            continue;
        band->steps = 1;
        band->samples = (uint64_t)n;
        band->bound = (double)trust_bound_of_row(run->run, step, &step->rows[i], "p50") * measure.factor;
        for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++)
            cloud_add(&band->cloud, json_number_value(json_object_get(row, parts[p].member)) * measure.factor,
                      (uint64_t)(parts[p].share * 1000));
    }
}

static void add_noise(struct bands *bands, const struct report_run *run, struct model_step *step)
{
    const struct model_metric *metric = model_main_metric(step);
    if (strcmp(step->exp, "noise") == 0 && metric && metric->n > 0)
        cloud_add_metric(&bands->noise, &run->log->model, run->run,
                         model_metric_by_name(&run->log->model, step, metric->name, false));
}

/* What is drawn: the wakes, else the C-states, else the steps that wait in some other way. */
static void take_steps(struct bands *bands, struct report *report)
{
    bool (*wanted)(const struct model_step *) = count_steps(report, is_wake) > 0 ? is_wake : is_wait;
    bool whole = count_steps(report, wanted) <= BANDS_STEPS_MAX;

    for (size_t i = 0; i < report->run_count; i++)
        for (size_t s = 0; s < report->runs[i].run->step_count; s++) {
            struct model_step *step = &report->runs[i].run->steps[s];
            add_noise(bands, &report->runs[i], step);
            if (wanted(step))
                add_step(bands, report, &report->runs[i], step, whole);
            if (wanted != is_wake)
                add_states(bands, &report->runs[i], step);
        }
}

static bool is_usable(const struct band *band)
{
    return band->bound <= 0 || band->p50 > band->bound;
}

/* What is not usable comes last. */
static int by_median(const void *one, const void *other)
{
    const struct band *a = one, *b = other;
    if (is_usable(a) != is_usable(b))
        return is_usable(a) ? -1 : 1;
    return a->p50 < b->p50 ? -1 : a->p50 > b->p50;
}

/* Quantiles, order, and the ends of the axis. */
static void settle(struct bands *bands)
{
    size_t kept = 0;
    double noise;

    for (size_t i = 0; i < bands->count; i++) {
        struct band *band = &bands->list[i];
        if (band->cloud.total == 0) {
            cloud_free(&band->cloud);
            continue;
        }
        band->p1 = cloud_at(&band->cloud, 0.01);
        band->p50 = cloud_at(&band->cloud, 0.5);
        band->p99 = cloud_at(&band->cloud, 0.99);
        band->p999 = cloud_at(&band->cloud, 0.999);
        if (band->steps == 1 && band->exact99 > 0) {
            band->p50 = band->exact50;
            band->p99 = band->exact99;
        }
        bands->list[kept++] = *band;
    }
    bands->count = kept;
    qsort(bands->list, bands->count, sizeof(bands->list[0]), by_median);
    bands->low = INFINITY;
    for (size_t i = 0; i < bands->count; i++) {
        struct band *band = &bands->list[i];
        double low = band->p1 > 0 ? band->p1 : band->p50 > 0 ? band->p50 : band->p99;
        if (band->floor > 0 && band->floor < low)
            low = band->floor;
        if (!is_usable(band))
            continue;
        bands->low = low > 0 && low < bands->low ? low : bands->low;
        bands->high = band->p999 > bands->high ? band->p999 : bands->high;
    }
    if (!(bands->low < bands->high)) { /* a single value, or none */
        bands->high = bands->high > 0 ? bands->high * 2 : 1000;
        bands->low = bands->high / 4;
    }
    /* The noise is drawn in, where it is not far away. */
    noise = cloud_at(&bands->noise, 0.99);
    if (noise > bands->high && noise < bands->high * NOISE_TIMES_MAX)
        bands->high = noise;
    if (noise > 0 && noise < bands->low && noise * NOISE_TIMES_MAX > bands->low)
        bands->low = noise;
    bands->low /= 1.15;
    bands->high *= 1.15;
}

void bands_fill(struct bands *bands, struct report *report)
{
    take_steps(bands, report);
    settle(bands);
}
