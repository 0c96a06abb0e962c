/* SPDX-License-Identifier: MIT */
#include "run/tool/model/raw_check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "run/log/problem.h"

/* More steps with raw samples than any script has. */
#define RESULTS_MAX 4096

/* The step whose samples were gathered is over: keeps their quantiles, drops the samples. */
static void close_step(struct raw_check *check)
{
    struct raw_result *result;

    if (!check->open)
        return;
    result = &check->results[check->result_count - 1];
    for (size_t m = 0; m < SAMPLE_METRICS; m++) {
        struct raw_values *values = &check->values[m];
        uint64_t ranks[QUANTILE_COUNT];
        result->n[m] = raw_values_count(values);
        for (size_t q = 0; q < QUANTILE_COUNT; q++)
            ranks[q] = quantile_rank(result->n[m], QUANTILES[q].parts);
        result->whole[m] = !values->overflowed && result->n[m] > 0 &&
                           raw_values_select(values, ranks, QUANTILE_COUNT, result->quantiles[m]);
        raw_values_clear(values);
    }
    check->open = false;
}

static void open_step(struct raw_check *check, size_t run_index, int64_t step_id, uint64_t line)
{
    struct raw_result *result;

    if (check->result_count == check->result_room) {
        size_t room = check->result_room ? check->result_room * 2 : 16;
        struct raw_result *grown = room > RESULTS_MAX ? NULL : realloc(check->results, room * sizeof(*check->results));
        if (!grown)
            return;
        check->results = grown;
        check->result_room = room;
    }
    result = &check->results[check->result_count++];
    memset(result, 0, sizeof(*result));
    result->run_index = run_index;
    result->step_id = step_id;
    result->line = line;
    check->open = true;
}

void raw_check_take(struct raw_check *check, const struct model *model, const struct model_step *step, uint64_t line,
                    const struct sample *samples, size_t count)
{
    size_t run_index = model->run_count - 1;
    const struct raw_result *last = check->open ? &check->results[check->result_count - 1] : NULL;
    if (!last || last->run_index != run_index || last->step_id != step->id) {
        close_step(check);
        open_step(check, run_index, step->id, line);
    }
    for (size_t i = 0; check->open && i < count; i++) {
        if (samples[i].reject != REJECT_NONE)
            continue;
        for (size_t m = 0; m < SAMPLE_METRICS; m++) {
            int64_t value = sample_metrics[m].of(&samples[i]);
            if (value != METRIC_NONE)
                raw_values_add(&check->values[m], value);
        }
    }
}

static const struct model_metric *find_metric(const struct model_step *step, const char *name)
{
    for (size_t i = 0; i < step->metric_count; i++)
        if (strcmp(step->metrics[i].name, name) == 0)
            return &step->metrics[i];
    return NULL;
}

/* One metric of one step. */
static void hold_against(const struct raw_result *result, size_t m, const struct model_step *step,
                         struct log_reader *reader)
{
    const struct model_metric *metric = find_metric(step, sample_metrics[m].name);
    if (!metric || !metric->has_summary || !result->whole[m])
        return;
    if (metric->n != result->n[m]) {
        /*
         * The step's n counts all samples, rejected ones too. Nothing follows where not all were sent raw, or where
         * records are missing (already reported).
         */
        if (step->raw_count == step->n)
            log_reader_complain(reader, LOG_PROBLEM_RAW, result->line, 0,
                                "step %.47s: %s has n %" PRIu64 ", the raw records hold %" PRIu64 " such samples",
                                step->name, metric->name, metric->n, result->n[m]);
        return;
    }
    for (size_t q = 0; q < QUANTILE_COUNT; q++)
        for (size_t i = 0; i < metric->quantile_count; i++)
            if (strcmp(metric->quantiles[i].name, QUANTILES[q].name) == 0 &&
                metric->quantiles[i].value != result->quantiles[m][q])
                log_reader_complain(reader, LOG_PROBLEM_RAW, result->line, 0,
                                    "step %.47s: expected %s of %s to be %" PRId64
                                    " by its raw samples, the stats record says %" PRId64,
                                    step->name, QUANTILES[q].name, metric->name, result->quantiles[m][q],
                                    metric->quantiles[i].value);
}

void raw_check_finish(struct raw_check *check, const struct model *model, struct log_reader *reader)
{
    close_step(check);
    for (size_t i = 0; i < check->result_count; i++) {
        const struct raw_result *result = &check->results[i];
        const struct model_run *run = &model->runs[result->run_index];
        for (size_t s = 0; s < run->step_count; s++)
            for (size_t m = 0; m < SAMPLE_METRICS && run->steps[s].id == result->step_id; m++)
                hold_against(result, m, &run->steps[s], reader);
    }
}

void raw_check_free(struct raw_check *check)
{
    for (size_t m = 0; m < SAMPLE_METRICS; m++)
        raw_values_free(&check->values[m]);
    free(check->results);
}
