/* SPDX-License-Identifier: MIT */
/* One distribution as records: summary, floor, quantiles with their intervals, worst samples, histogram. */
#include "experiments/kit/results.h"
#include "experiments/kit/experiment.h"
#include "lib/cstring.h"
#include "lib/record/metrics.h"
#include "lib/quantile.h"

static void emit_histogram(struct step *step, const struct metric_id *metric, const struct series *series)
{
    enum { COUNTER_BYTES = 4, DIGITS = 2 };
    unsigned digits = (unsigned)plan_count(step->plan, "digits", DIGITS);
    uint64_t mark = mem_mark(&step->machine->mem);
    size_t bytes = hdr_bytes(digits, COUNTER_BYTES);
    void *memory = step_alloc(step, bytes);
    struct hdr hdr;

    if (!memory || !hdr_init(&hdr, memory, bytes, digits, COUNTER_BYTES)) {
        result_finding(step, "no_histogram", CONFIDENCE_NONE, step_no_memory);
        return;
    }
    for (size_t i = 0; i < series->count; i++)
        hdr_add(&hdr, series->values[i]);
    record_hist(step->results->stream, metric, &hdr);
    mem_release(&step->machine->mem, mark);
}

/*
 * Sorts the values and judges the order in which they came. Without memory for a second copy nothing is known of it,
 * and no quantile gets an interval.
 */
static struct dependence judge_order(struct step *step, const struct series *series)
{
    struct mem *mem = &step->machine->mem;
    uint64_t mark = mem_mark(mem);
    size_t bytes = series->count * sizeof(*series->values);
    struct dependence dependence = {0};
    int64_t *arrived = step_alloc(step, bytes);

    if (arrived) {
        memcpy(arrived, series->values, bytes);
        dependence = dependence_of(arrived, series->values, series->count);
    } else {
        result_finding(step, "no_memory", CONFIDENCE_NONE, step_no_memory);
        stats_sort(series->values, series->count);
    }
    mem_release(mem, mark);
    return dependence;
}

struct dependence result_series(struct step *step, const struct series *series)
{
    struct record_stream *stream = step->results->stream;
    struct metric_id metric = {step->results->step, series->metric, series->unit};
    struct dependence dependence = {0};
    struct worst worst = {0};
    struct summary summary;

    if (series->at_tsc)
        stats_order(series->at_tsc, series->values, series->count);
    for (size_t i = 0; i < series->count && series->at_tsc; i++)
        worst_add(&worst, series->values[i], series->at_tsc[i]);
    if (series->sorted)
        dependence = *series->sorted;
    else if (series->count)
        dependence = judge_order(step, series);
    summary = summary_of_sorted(series->values, series->count);
    record_summary(stream, &metric, &summary);
    if (series->has_floor)
        record_floor(stream, &metric, series->floor, series->floor_count, series->has_fenced ? &series->fenced : NULL);
    if (!series->count)
        return dependence;
    record_quantiles(stream, &metric, series->values, series->count, &dependence);
    record_dependence(stream, &metric, &dependence);
    record_worst(stream, &metric, &worst);
    emit_histogram(step, &metric, series);
    return dependence;
}
