/* SPDX-License-Identifier: MIT */
/* Wake samples as results: the four metrics, the one net of the empty path, rejects by reason, raw samples. */
#include "experiments/kit/calibrate.h"
#include "experiments/kit/results.h"
#include "experiments/kit/experiment.h"
#include "lib/fixed.h"
#include "lib/record/metrics.h"

enum { PPM = 1000000 };

/* Collects one metric of the samples that are kept and have its stamps. */
static size_t collect(const struct step *step, const struct sample_metric *metric, int64_t *values, uint64_t *at_tsc)
{
    size_t count = 0;

    for (uint32_t i = 0; i < step->sample_count; i++) {
        const struct sample *sample = &step->samples[i];
        int64_t value = metric->of(sample);

        if (sample->reject != REJECT_NONE || value == METRIC_NONE)
            continue;
        values[count] = value;
        at_tsc[count++] = sample->event_tsc;
    }
    return count;
}

/*
 * All that woke beside those that are kept: what rejects do to the tail, and what a
 * load of that period would see. `values` has the `kept` ones in
 * ascending order; it is filled anew where there are more.
 */
static void emit_woke(struct step *step, int64_t *values, size_t kept, uint64_t period_tsc)
{
    struct metric_id metric = {step->results->step, sample_metrics[0].name, "tsc"};
    size_t count = 0;

    for (uint32_t i = 0; i < step->sample_count; i++)
        count += sample_woke(&step->samples[i]);
    if (count > kept) {
        count = 0;
        for (uint32_t i = 0; i < step->sample_count; i++)
            if (sample_woke(&step->samples[i]))
                values[count++] = sample_wake_latency(&step->samples[i]);
        stats_sort(values, count);
    }
    if (count)
        record_woke(step->results->stream, &metric, values, count);
    if (count && period_tsc)
        record_periodic(step->results->stream, &metric, values, count, period_tsc);
}

static void emit_rejects(struct step *step)
{
    uint64_t counts[REJECT_COUNT] = {0};

    for (uint32_t i = 0; i < step->sample_count; i++)
        counts[step->samples[i].reject]++;
    record_rejects(step->results->stream, step->results->step, counts);
}

/* The share of the step's time behind its warm-up that the CPU spent in the window: what is left is the lab's own. */
static void emit_share(struct step *step)
{
    uint64_t inside_tsc = 0, span_tsc;
    uint32_t first = 0;

    while (first < step->sample_count && step->samples[first].reject == REJECT_WARMUP)
        first++;
    if (step->sample_count < first + 2)
        return;
    for (uint32_t i = first + 1; i < step->sample_count; i++)
        inside_tsc += step->samples[i].after_tsc - step->samples[i].before_tsc;
    span_tsc = step->samples[step->sample_count - 1].after_tsc - step->samples[first].after_tsc - step->apart_tsc;
    if (span_tsc)
        result_scalar(step, "waiting", (int64_t)muldiv_u64(inside_tsc, PPM, span_tsc), "ppm");
}

static void explain_nothing(struct step *step)
{
    uint32_t early = 0, judged = 0;

    for (uint32_t i = 0; i < step->sample_count; i++) {
        early += step->samples[i].reject == REJECT_EARLY;
        judged += step->samples[i].reject != REJECT_WARMUP;
    }
    result_none_kept(step, early, judged);
}

int64_t result_samples(struct step *step, const struct empty_path *empty, uint64_t period_tsc)
{
    int64_t *values = step_alloc(step, step->sample_count * sizeof(*values));
    uint64_t *at_tsc = step_alloc(step, step->sample_count * sizeof(*at_tsc));
    int64_t p50_tsc = METRIC_NONE, p99_tsc = 0;
    struct dependence dependence;
    size_t kept = 0;

    if (!values || !at_tsc) {
        result_finding(step, "no_memory", CONFIDENCE_NONE, step_no_memory);
        return METRIC_NONE;
    }
    emit_rejects(step);
    for (unsigned m = 0; m < SAMPLE_METRICS; m++) {
        struct series series = {.metric = sample_metrics[m].name,
                                .unit = "tsc",
                                .values = values,
                                .at_tsc = at_tsc,
                                .floor = empty->plain.min_tsc,
                                .floor_count = empty->plain.count,
                                .has_fenced = empty->fenced.count != 0,
                                .fenced = empty->fenced.min_tsc};

        series.count = collect(step, &sample_metrics[m], values, at_tsc);
        series.has_floor = m == 0;
        dependence = result_series(step, &series);
        if (m != 0)
            continue;
        kept = series.count;
        if (kept) {
            p50_tsc = values[(kept - 1) / 2];
            p99_tsc = values[(kept * 99 + 99) / 100 - 1];
        }
        /* Sorted now, so the net form is a shift of it; its worst samples are those of the raw form. */
        for (size_t i = 0; i < kept; i++)
            values[i] -= empty->plain.min_tsc;
        result_series(
            step,
            &(struct series){
                .metric = "wake_latency_net", .unit = "tsc", .values = values, .count = kept, .sorted = &dependence});
        for (size_t i = 0; i < kept; i++)
            values[i] += empty->plain.min_tsc;
        emit_woke(step, values, kept, period_tsc);
    }
    emit_share(step);
    if (plan_flag(step->plan, "raw"))
        record_raw(step->results->stream, step->results->step, 0, step->samples, step->sample_count);
    if (kept)
        result_metric(step, "p99", tsc_to_ns(p99_tsc, step->machine->clock.tsc_hz), "ns");
    else
        explain_nothing(step);
    return p50_tsc;
}
