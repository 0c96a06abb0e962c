/* SPDX-License-Identifier: MIT */
/* Results of `ipi`: a row for each pair and metric, then each metric over all pairs. */
#include "experiments/kit/row.h"
#include "experiments/ipi/parts.h"
#include "lib/quantile.h"
#include "lib/stats.h"

enum { P50 = QUANTILE_ONE / 2, P99 = QUANTILE_ONE / 100 * 99 };

static const char *const metric_names[IPI_METRICS] = {
    [IPI_SEND] = "send", [IPI_DELIVER] = "deliver", [IPI_WAKE] = "wake", [IPI_ROUND] = "round", [IPI_LAST] = "last",
};

/* Two CPUs' stamps mean nothing together where their offset is not known. */
static bool has_metric(const struct step *step, const struct ipi *ipi, unsigned metric)
{
    if (metric == IPI_SEND || metric == IPI_ROUND)
        return true;
    if (!step->machine->clock.offsets_known)
        return false;
    return metric != IPI_LAST || ipi->link.mode == IPI_BROADCAST;
}

/* Of sorted values. */
static void report_row(struct step *step, const struct ipi_pair *pair, unsigned metric, const int64_t *values)
{
    struct row row;

    row_begin(&row, step, NULL);
    json_array_begin(&row.json, "pair");
    json_uint(&row.json, NULL, pair->from->index);
    json_uint(&row.json, NULL, pair->to->index);
    json_array_end(&row.json);
    json_add(&row.json, "rel:%s apic:%s via:%s m:%s u:%s n:%u lost:%u",
             topology_relation_name(topology_relation(&pair->from->place, &pair->to->place)),
             step->machine->apic.x2apic ? "x2apic" : "xapic", ipi_via_words[step->plan->values[KEY_VIA].choice],
             metric_names[metric], "tsc", pair->kept, pair->lost);
    if (pair->kept)
        json_add(&row.json, "min:%ld p50:%ld p99:%ld max:%ld", values[0],
                 quantile_of_sorted(values, pair->kept, P50).value, quantile_of_sorted(values, pair->kept, P99).value,
                 values[pair->kept - 1]);
    row_end(&row, step);
}

static void report_rows(struct step *step, struct ipi *ipi, unsigned metric)
{
    for (uint32_t i = 0; i < ipi->pair_count; i++) {
        const struct ipi_pair *pair = &ipi->pairs[i];

        for (uint32_t k = 0; k < pair->kept; k++)
            ipi->scratch[k] = pair->values[k].tsc[metric];
        stats_sort(ipi->scratch, pair->kept);
        report_row(step, pair, metric, ipi->scratch);
    }
}

/* The floor of a time between two stamps is what two stamps cost. Returns the median. */
static int64_t report_all(struct step *step, struct ipi *ipi, unsigned metric)
{
    const struct clock *clock = &step->machine->clock;
    size_t count = 0;

    for (uint32_t i = 0; i < ipi->pair_count; i++) {
        const struct ipi_pair *pair = &ipi->pairs[i];

        for (uint32_t k = 0; k < pair->kept; k++) {
            ipi->scratch[count] = pair->values[k].tsc[metric];
            ipi->at_tsc[count++] = pair->values[k].at_tsc;
        }
    }
    result_series(step, &(struct series){.metric = metric_names[metric],
                                         .unit = "tsc",
                                         .values = ipi->scratch,
                                         .at_tsc = ipi->at_tsc,
                                         .count = count,
                                         .has_floor = true,
                                         .floor = (int64_t)clock->read_min_tsc,
                                         .floor_count = clock->read_count});
    return count ? ipi->scratch[(count - 1) / 2] : 0;
}

static uint64_t worst_bound_tsc(const struct ipi *ipi)
{
    uint64_t worst = 0;

    for (uint32_t i = 0; i < ipi->pair_count; i++) {
        const struct ipi_pair *pair = &ipi->pairs[i];
        uint64_t bound = pair->from->tsc_offset_bound + pair->to->tsc_offset_bound;

        if (bound > worst)
            worst = bound;
    }
    return worst;
}

static void report_counts(struct step *step, const struct ipi *ipi)
{
    static const char *const names[IPI_OUTCOMES] = {"kept", "warmup", "early", "nudged", "extra", "lost"};

    result_scalar(step, "pairs", ipi->pair_count, "count");
    for (unsigned i = 0; i < IPI_OUTCOMES; i++)
        result_scalar(step, names[i], (int64_t)ipi->outcomes[i], "count");
    if (step->machine->clock.offsets_known)
        result_scalar(step, "offset_bound", (int64_t)worst_bound_tsc(ipi), "tsc");
    else
        result_finding(step, "offsets_unknown", CONFIDENCE_NONE,
                       "the TSC offset between the CPUs is not known: only send and round are given");
}

void ipi_finish(struct step *step)
{
    struct ipi *ipi = step->state;
    unsigned first = step->machine->clock.offsets_known ? IPI_DELIVER : IPI_ROUND;
    int64_t median_tsc = 0;

    if (ipi->no_call) {
        result_finding(step, "no_hypercall", CONFIDENCE_NONE, ipi->no_call);
        result_no_samples(step);
        return;
    }
    report_counts(step, ipi);
    for (unsigned metric = 0; metric < IPI_METRICS; metric++) {
        int64_t value_tsc;

        if (!has_metric(step, ipi, metric))
            continue;
        report_rows(step, ipi, metric);
        value_tsc = report_all(step, ipi, metric);
        if (metric == first)
            median_tsc = value_tsc;
    }
    if (ipi->outcomes[IPI_LOST])
        result_fail(step, "lost", (int64_t)ipi->outcomes[IPI_LOST], "count");
    else if (!ipi->outcomes[IPI_KEPT] && step->done)
        result_fail(step, "kept", 0, "count");
    else if (!ipi->outcomes[IPI_KEPT])
        result_no_samples(step);
    else
        result_metric(step, first == IPI_DELIVER ? "deliver_p50" : "round_p50", median_tsc, "tsc");
}
