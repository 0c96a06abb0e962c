/* SPDX-License-Identifier: MIT */
/*
 * Warm-up of `wake`: by the number that the script gives, or until the wakes have settled (lib/warmup.h), for 250 ms at
 * least and a quarter of the budget at most.
 */
#include "experiments/wake/parts.h"

enum {
    MOST_PART = 4,  /* of the budget */
    LEAST_PART = 8, /* of the budget, where 250 ms are more */
};

bool wake_warm_prepare(struct step *step, struct wake *wake)
{
    uint64_t budget_tsc = step_time_tsc(step, KEY_BUDGET), least_tsc = step_tsc(step, WAKE_WARM_LEAST_NS);
    int64_t *values, *scratch;

    wake->warming = step->plan->values[KEY_WARMUP].count == PLAN_COUNT_WORD;
    if (!wake->warming)
        return true;
    if (least_tsc > budget_tsc / LEAST_PART)
        least_tsc = budget_tsc / LEAST_PART;
    values = step_alloc(step, WARMUP_MOST * sizeof(*values));
    scratch = step_alloc(step, WARMUP_MOST / 2 / WARMUP_BLOCKS * sizeof(*scratch));
    warmup_begin(&wake->warm, values, scratch, least_tsc, budget_tsc / MOST_PART);
    return values && scratch;
}

/* A wake that its event ended; all of them are rejected as warm-up. */
static bool has_latency(const struct sample *sample)
{
    return sample->cause != WAKE_UNKNOWN && sample->event_tsc > sample->before_tsc &&
           sample_wake_latency(sample) != METRIC_NONE;
}

void wake_warm(struct step *step, struct wake *wake)
{
    const struct sample *sample = &step->samples[step->sample_count - 1];

    if (step->sample_count == 1)
        wake->warm_begin_tsc = sample->before_tsc;
    wake->warm_took_tsc = sample->after_tsc - wake->warm_begin_tsc;
    wake->warm_state = warmup_add(&wake->warm, has_latency(sample), sample_wake_latency(sample), wake->warm_took_tsc);
    if (wake->warm_state == WARMUP_GOES_ON)
        return;
    wake->warming = false;
    step->total -= wake->warmup - step->sample_count;
    wake->warmup = step->sample_count;
}

void wake_report_warm(struct step *step, const struct wake *wake)
{
    if (step->plan->values[KEY_WARMUP].count != PLAN_COUNT_WORD)
        return;
    result_scalar(step, "warmup_wakes", wake->warm.tries, "count");
    result_scalar(step, "warmup_time", (int64_t)wake->warm_took_tsc, "tsc");
    if (wake->warm_state == WARMUP_GOES_ON || wake->warm_state == WARMUP_LIMIT)
        result_say(step, "not_settled", CONFIDENCE_NONE,
                   "the first %u wakes had not settled, or were too few to tell: the kept ones may mix two states of "
                   "host or CPU",
                   wake->warm.tries);
}
