/* SPDX-License-Identifier: MIT */
/* The results of `wake`: its samples, the evidence beside them, and reasons why they are no latency at all. */
#include "experiments/kit/asked.h"
#include "experiments/wake/parts.h"
#include "lib/fixed.h"
#include "lib/fmt.h"

/* Until the event, or the end of the wait where no event was to end it. */
static uint64_t silent_tsc(const struct sample *sample)
{
    bool inside = sample->event_tsc > sample->before_tsc && sample->event_tsc < sample->after_tsc;

    return (inside ? sample->event_tsc : sample->after_tsc) - sample->before_tsc;
}

/* The times of the samples that the counters' sums have. */
static void sum_times(const struct step *step, struct wake *wake)
{
    for (uint32_t i = 0; i < step->sample_count; i++) {
        const struct sample *sample = &step->samples[i];

        if (!wake_counts(sample))
            continue;
        wake->window_sum_tsc += sample->after_tsc - sample->before_tsc;
        wake->silent_sum_tsc += silent_tsc(sample);
    }
}

/* How busy the wait looks to each counter that could be read: its share of the window's time, in parts per million. */
static void report_evidence(struct step *step, const struct wake *wake)
{
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
        char name[32];

        if (!evidence_has(&wake->evidence, i) || !wake->window_sum_tsc)
            continue;
        fmt(name, sizeof(name), "%s_share", evidence_name(i));
        if (i == EVIDENCE_SMI)
            result_scalar(step, "smi", (int64_t)wake->evidence_sum[i], "count");
        else
            result_scalar(step, name, (int64_t)muldiv_u64(wake->evidence_sum[i], 1000000, wake->window_sum_tsc), "ppm");
    }
}

/* How many kept wakes the host delayed by running something else, and for how long in all. */
static void report_steal(struct step *step)
{
    uint64_t total_ns = 0, count = 0;

    for (uint32_t i = 0; i < step->sample_count; i++) {
        const struct sample *sample = &step->samples[i];

        if (sample->reject == REJECT_NONE && sample->steal_ns) {
            total_ns += sample->steal_ns;
            count++;
        }
    }
    result_scalar(step, "steal_samples", (int64_t)count, "count");
    result_scalar(step, "steal_total", (int64_t)total_ns, "ns");
}

/* Nothing was meant to end these waits: how many lasted until the guard, and how many a second ended before it. */
static void report_guard(struct step *step)
{
    uint64_t inside_tsc = 0;
    int64_t guarded = 0, spurious = 0;

    for (uint32_t i = 0; i < step->sample_count; i++) {
        const struct sample *sample = &step->samples[i];

        guarded += sample->reject == REJECT_GUARD;
        spurious += sample->reject == REJECT_SPURIOUS;
        inside_tsc += sample->after_tsc - sample->before_tsc;
    }
    result_scalar(step, "until_guard", guarded, "count");
    result_scalar(step, "spurious", spurious, "count");
    result_scalar(
        step, "spurious_per_1000s",
        (int64_t)muldiv_u64((uint64_t)spurious * 1000, step->machine->clock.tsc_hz, inside_tsc ? inside_tsc : 1),
        "count");
    if (!guarded && !spurious)
        result_no_samples(step);
    result_metric(step, "until_guard", guarded, "count");
}

/*
 * Most waits ended before their wake: the instruction does not wait here (emulators run MWAIT so), or something else
 * ends it. The few samples that are left saw their wake by accident and are no latency of this method.
 */
static void report_spurious(struct step *step, const struct wake *wake)
{
    uint32_t spurious = 0, judged = 0;

    for (uint32_t i = wake->warmup; i < step->sample_count; i++, judged++)
        spurious += step->samples[i].reject == REJECT_SPURIOUS;
    if (2 * (uint64_t)spurious <= judged)
        return;
    result_finding(step, "returns_early", CONFIDENCE_NONE,
                   "most waits ended before their wake, and nothing explains why");
    result_fail(step, "spurious", spurious, "count");
}

/* Of a wake by its own timer in one-shot mode: how far off its due time may be, and whether that matters. */
static void report_timer(struct step *step, const struct wake *wake, int64_t p50_tsc)
{
    uint64_t off_tsc = apic_timer_off_tsc(&step->machine->timer, wake->interval.high);

    if (!wake->nap.source->arm || wake->nap.source->is_guard || !off_tsc)
        return;
    result_scalar(step, "timer_off", (int64_t)off_tsc, "tsc");
    if (p50_tsc != METRIC_NONE)
        result_timer_blur(step, step_timer_blur_tsc(step, wake->interval.high, p50_tsc));
}

/* Events that always are as far ahead are those of a load that comes as often. 0: they are not. */
static uint64_t period_tsc(const struct wake *wake)
{
    return wake->interval.shape == PLAN_FIXED ? wake->interval.low : 0;
}

void wake_finish(struct step *step)
{
    struct wake *wake = step->state;

    if (wake->unreal) {
        result_not_real(step, result_no_wait);
        return;
    }
    calibrate_emit(step, wake->nap.masked ? "masked" : "on", wake->nap.method->name, &wake->empty);
    if (wake->nap.method == idle_find("hlt"))
        result_scalar(step, "hlts", (int64_t)wake->nap.waits, "count");
    if (wake->nap.steal)
        report_steal(step);
    wake_report_warm(step, wake);
    sum_times(step, wake);
    report_evidence(step, wake);
    asked_report(step, &wake->nap, wake->want, &wake->evidence, wake->evidence_sum, wake->silent_sum_tsc);
    if (wake->nap.source->is_guard)
        report_guard(step);
    report_spurious(step, wake);
    report_timer(step, wake, result_samples(step, &wake->empty, period_tsc(wake)));
}
