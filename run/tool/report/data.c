/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/measure.h"
#include "run/tool/model/trust.h"
#include "run/tool/report/view.h"

/* So many points of a distribution are more than a plot shows; of many runs, and of other metrics, fewer are. */
#define HIST_POINTS_MAX   240
#define HIST_POINTS_OTHER 100
#define HIST_POINTS_MIN   40
/* Raw samples of all steps together, and of one step. */
#define RAW_ALL_MAX       8192
#define RAW_STEP_MIN      128
#define RAW_STEP_MAX      2048

/* A counter's highest value, as its distance from the one before, and its count. */
static void append_counter(json_t *list, uint64_t value, uint64_t *before, uint64_t count)
{
    json_array_append_new(list, json_integer((json_int_t)(value - *before)));
    json_array_append_new(list, json_integer((json_int_t)count));
    *before = value;
}

/*
 * Counters as a flat list: distance, count, ... Where there are more than a plot shows, neighbours on a
 * logarithmic axis go together; single ones far out stay what they are.
 */
static json_t *hist_json(const struct hdr *hist, size_t most)
{
    json_t *list = json_array();
    uint64_t sum = 0, top = 0, first = 0, last = 0, before = 0;
    size_t used = 0, cell = 0;
    double width;

    for (uint32_t i = 0; i < hist->counter_count; i++)
        if (hdr_count_at(hist, i) > 0) {
            last = hdr_highest_at(hist, i);
            first = first ? first : last;
            used++;
        }
    width = used > most && last > first ? log((double)last / (double)first) / (double)most : 0;
    for (uint32_t i = 0; i < hist->counter_count; i++) {
        uint64_t count = hdr_count_at(hist, i), value = hdr_highest_at(hist, i);
        size_t own;
        if (count == 0)
            continue;
        own = width > 0 && value > first ? (size_t)(log((double)value / (double)first) / width) : cell + 1;
        if (sum > 0 && own != cell) {
            append_counter(list, top, &before, sum);
            sum = 0;
        }
        cell = own;
        sum += count;
        top = value;
    }
    if (sum > 0)
        append_counter(list, top, &before, sum);
    return list;
}

static json_t *quantiles_json(const struct model_metric *metric)
{
    json_t *list = json_array();
    for (size_t i = 0; i < metric->quantile_count; i++) {
        const struct model_quantile *q = &metric->quantiles[i];
        json_t *entry = q->has_interval ? json_pack("[s, I, I, I]", q->name, (json_int_t)q->value, (json_int_t)q->low,
                                                    (json_int_t)q->high)
                                        : json_pack("[s, I]", q->name, (json_int_t)q->value);
        json_array_append_new(list, entry);
    }
    return list;
}

/* Worst values with the time since the step began. */
static json_t *worst_json(const struct model_step *step, const struct model_metric *metric)
{
    json_t *list = json_array();
    for (size_t i = 0; i < metric->worst_count; i++)
        json_array_append_new(list,
                              json_pack("[I, I]", (json_int_t)metric->worst[i].value,
                                        (json_int_t)((uint64_t)metric->worst[i].at_tsc - (uint64_t)step->begin_tsc)));
    return list;
}

static json_t *metric_json(struct model *model, const struct model_run *run, const struct model_step *step,
                           struct model_metric *metric, size_t runs)
{
    bool is_main = metric == model_main_metric(step);
    struct measure measure = measure_of(run, metric->unit, false);
    json_t *object = json_pack("{s:s, s:s, s:f, s:I, s:o, s:o}", "name", metric->name, "unit", measure.unit, "factor",
                               measure.factor, "n", (json_int_t)metric->n, "q", quantiles_json(metric), "worst",
                               is_main ? worst_json(step, metric) : json_array());
    int64_t bound = trust_bound_of_metric(run, step, metric);
    size_t most = (is_main ? HIST_POINTS_MAX : HIST_POINTS_OTHER) * 2 / (runs + 1);
    const struct hdr *hist;

    most = most < HIST_POINTS_MIN ? HIST_POINTS_MIN : most;
    if (bound > 0 && object)
        json_object_set_new(object, "bound", json_integer(bound));
    if (metric->has_floor && object)
        json_object_set_new(object, "floor", json_integer(metric->floor));
    hist = model_metric_hist(model, metric);
    if (hist && object)
        json_object_set_new(object, "hist", hist_json(hist, most));
    return object;
}

/* Every k-th, so that at most `most` are left. */
static json_t *raw_json(const struct raw_step *raw, size_t most)
{
    json_t *list = json_array();
    size_t stride = (raw->count + most - 1) / most;
    for (size_t i = 0; i < raw->count; i += stride) {
        json_array_append_new(list, json_integer(raw->points[i].interval_tsc));
        json_array_append_new(list, json_integer(raw->points[i].latency_tsc));
        json_array_append_new(list, json_integer(raw->points[i].at_tsc));
    }
    return list;
}

static json_t *step_json(struct report_log *log, size_t run_index, struct model_step *step, size_t runs,
                         size_t raw_most)
{
    json_t *metrics = json_array();
    json_t *object;
    const struct raw_step *raw;

    for (size_t i = 0; i < step->metric_count; i++)
        if (!step->metrics[i].of_row)
            json_array_append_new(metrics,
                                  metric_json(&log->model, &log->model.runs[run_index], step, &step->metrics[i], runs));
    object =
        json_pack("{s:s, s:s, s:s, s:o}", "name", step->name, "exp", step->exp, "args", step->args, "metrics", metrics);
    if (strcmp(trust_verdict(step), "doubtful") == 0 && object)
        json_object_set_new(object, "doubtful", json_true());
    raw = raw_points_of(&log->raw, run_index, step->id);
    if (raw && object)
        json_object_set_new(object, "raw", raw_json(raw, raw_most));
    if (step->row_count > 0 && object)
        json_object_set_new(object, "rows", report_row_numbers(&log->model.runs[run_index], step));
    return object;
}

static json_t *run_json(struct report_run *run, size_t runs, size_t raw_most)
{
    json_t *steps = json_array();

    for (size_t i = 0; i < run->run->step_count; i++)
        json_array_append_new(steps, step_json(run->log, run->index, &run->run->steps[i], runs, raw_most));
    return json_pack("{s:s, s:s, s:o}", "label", run->label, "run", run->run->run_id, "steps", steps);
}

/* How many raw samples a step may show. */
static size_t raw_most_of(const struct report *report)
{
    size_t steps = 0, most;
    for (size_t i = 0; i < report->log_count; i++)
        steps += report->logs[i].raw.step_count;
    most = steps ? RAW_ALL_MAX / steps : RAW_STEP_MAX;
    return most < RAW_STEP_MIN ? RAW_STEP_MIN : most > RAW_STEP_MAX ? RAW_STEP_MAX : most;
}

void report_data(FILE *out, struct report *report)
{
    json_t *runs = json_array();
    size_t raw_most = raw_most_of(report);
    json_t *data;
    char *text;

    for (size_t i = 0; i < report->run_count; i++)
        json_array_append_new(runs, run_json(&report->runs[i], report->run_count, raw_most));
    data = json_pack("{s:o, s:o}", "runs", runs, "curves", report_curves());
    text = json_dumps(data, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(data);
    /* '<' occurs in strings only; written so it can neither end the element nor begin a comment. */
    for (const char *c = text ? text : "{\"runs\":[]}"; *c; c++)
        if (*c == '<')
            fputs("\\u003c", out);
        else
            fputc(*c, out);
    free(text);
}
