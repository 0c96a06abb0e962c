/* SPDX-License-Identifier: MIT */
/* The results of `cost`: its series, the mean beside it, and why there may be none. */
#include "experiments/cost/parts.h"
#include "lib/infer/mean.h"

static void report_series(struct step *step, const struct cost *cost, const char *name, int64_t *values, bool whole)
{
    const struct clock *clock = &step->machine->clock;

    result_series(step, &(struct series){
                            .metric = name,
                            .unit = whole ? "tsc" : "mtsc",
                            .values = values,
                            .at_tsc = cost->at_tsc,
                            .count = cost->count,
                            .has_floor = true,
                            /* The difference of two timings has no fixed cost. */
                            .floor = whole ? cost->floor_tsc : 0,
                            .floor_count = cost->insn->sample ? clock->read_count : COST_FLOOR_TRIES,
                        });
}

/* In cycles of the core's own clock, as long as its chains agree; these run beside the first sample. */
static void report_cycles(struct step *step, const struct cost *cost, int64_t mean_mtsc)
{
    struct core_clock core = core_clock_of(&cost->chains, step->machine->clock.tsc_hz);

    if (!core.agree)
        return;
    result_scalar(step, "core_khz", (int64_t)(core.hz / 1000), "count");
    result_scalar(step, "core_mcycles", mean_mtsc * 1000 / (int64_t)cost->chains.add_mtsc, "count");
}

/* Beside the quantiles, which stand in steps of the TSC's own over the copies: the mean knows what lies between. */
static void report_mean(struct step *step, struct cost *cost)
{
    struct mean mean = mean_trimmed(cost->cost, cost->count, cost->plain);

    result_scalar(step, "mean", mean.value, "mtsc");
    result_scalar(step, "mean_error", (int64_t)mean.error, "mtsc");
    report_cycles(step, cost, mean.value);
    if (cost->turns > 1)
        result_scalar(step, "copies_more", (int64_t)(COST_ALL - COST_HALF) * cost->turns, "count");
}

static void report_samples(struct step *step, struct cost *cost)
{
    bool whole = cost->each || cost->insn->sample;

    result_scalar(step, "warmup", cost->warmed, "count");
    if (cost->insn->sample)
        result_scalar(step, "not_pending", step->rejected, "count");
    if (cost->insn->sample == cost_sample_pv_eoi) {
        result_scalar(step, "pv_used", cost->pv_used, "count");
        if (!cost->pv_used)
            result_finding(step, "pv_eoi_unused", CONFIDENCE_NONE,
                           "the host's PV EOI bit was never set when it was read: any exit since the "
                           "interrupt takes it back, RDTSC's too where that exits");
        report_series(step, cost, "eoi_plain", cost->plain, whole);
    }
    if (!whole && cost->count)
        result_scalar(step, "min_diff", marginal_least(&cost->marginal), "mtsc");
    report_series(step, cost, cost->insn->name, cost->cost, whole);
    if (!whole && cost->count > 1)
        report_mean(step, cost);
    if (cost->count)
        result_metric(step, "p50", cost->cost[(cost->count - 1) / 2], whole ? "tsc" : "mtsc");
    else
        result_no_samples(step);
}

void cost_finish(struct step *step)
{
    struct cost *cost = step->state;

    if (cost->unreal) {
        result_not_real(step, !cost->insn->sample ? result_no_wait
                                                  : "KVM offers PV EOI, but its MSR does not take the word's address");
        return;
    }
    if (cost->waits) {
        result_finding(step, "waits_unarmed", CONFIDENCE_NONE,
                       "without an armed monitor it waits for an interrupt: there is no cost to take");
        result_no_samples(step);
        return;
    }
    report_samples(step, cost);
}
