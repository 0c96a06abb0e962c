/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "run/tool/model/measure.h"
#include "run/tool/report/view.h"

/* Counters as a flat list: highest value, count, ... */
static json_t *hist_json(const struct hdr *hist)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < hist->counter_count; i++) {
        uint64_t count = hdr_count_at(hist, i);
        if (count == 0)
            continue;
        json_array_append_new(list, json_integer((json_int_t)hdr_highest_at(hist, i)));
        json_array_append_new(list, json_integer((json_int_t)count));
    }
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
                           struct model_metric *metric)
{
    struct measure measure = measure_of(run, metric->unit, false);
    json_t *object = json_pack("{s:s, s:s, s:f, s:I, s:o, s:o}", "name", metric->name, "unit", measure.unit, "factor",
                               measure.factor, "n", (json_int_t)metric->n, "q", quantiles_json(metric), "worst",
                               worst_json(step, metric));
    const struct hdr *hist;

    if (metric->has_floor && object)
        json_object_set_new(object, "floor", json_integer(metric->floor));
    hist = model_metric_hist(model, metric);
    if (hist && object)
        json_object_set_new(object, "hist", hist_json(hist));
    return object;
}

static json_t *raw_json(const struct raw_step *raw)
{
    json_t *list = json_array();
    for (size_t i = 0; i < raw->count; i++) {
        json_array_append_new(list, json_integer(raw->points[i].interval_tsc));
        json_array_append_new(list, json_integer(raw->points[i].latency_tsc));
        json_array_append_new(list, json_integer(raw->points[i].at_tsc));
    }
    return list;
}

/* From, to, metric, median and p99 of every pair of CPUs, the times in the unit shown. */
static json_t *pairs_json(const struct model_run *run, const struct model_step *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < step->pair_count; i++) {
        const struct model_pair *pair = &step->pairs[i];
        double factor = measure_of(run, pair->unit, false).factor;
        json_array_append_new(list, json_pack("[I, I, s, f, f]", (json_int_t)pair->from, (json_int_t)pair->to,
                                              pair->metric, (double)pair->p50 * factor, (double)pair->p99 * factor));
    }
    return list;
}

static json_t *step_json(struct report_log *log, size_t run_index, struct model_step *step)
{
    json_t *metrics = json_array();
    json_t *object;
    const struct raw_step *raw;

    for (size_t i = 0; i < step->metric_count; i++)
        if (!step->metrics[i].of_row)
            json_array_append_new(metrics,
                                  metric_json(&log->model, &log->model.runs[run_index], step, &step->metrics[i]));
    object =
        json_pack("{s:s, s:s, s:s, s:o}", "name", step->name, "exp", step->exp, "args", step->args, "metrics", metrics);
    raw = raw_points_of(&log->raw, run_index, step->id);
    if (raw && object)
        json_object_set_new(object, "raw", raw_json(raw));
    if (step->row_count > 0 && object)
        json_object_set_new(object, "rows", report_row_numbers(&log->model.runs[run_index], step));
    if (step->pair_count > 0 && object)
        json_object_set_new(object, "pairs", pairs_json(&log->model.runs[run_index], step));
    return object;
}

static json_t *run_json(struct report_log *log, size_t run_index)
{
    struct model_run *run = &log->model.runs[run_index];
    char label[256];
    json_t *steps;

    report_label(label, sizeof(label), log, run_index);
    steps = json_array();
    for (size_t i = 0; i < run->step_count; i++)
        json_array_append_new(steps, step_json(log, run_index, &run->steps[i]));
    return json_pack("{s:s, s:s, s:o}", "label", label, "run", run->run_id, "steps", steps);
}

void report_data(FILE *out, struct report *report)
{
    json_t *runs = json_array();
    json_t *data;
    char *text;

    for (size_t i = 0; i < report->log_count; i++)
        for (size_t r = 0; r < report->logs[i].model.run_count; r++)
            json_array_append_new(runs, run_json(&report->logs[i], r));
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
