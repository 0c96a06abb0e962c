/* SPDX-License-Identifier: MIT */
/* The results of `wake`: its samples, the evidence beside them, and reasons why they are no latency at all. */
#include "experiments/wake/parts.h"
#include "lib/fixed.h"
#include "lib/fmt.h"

/* How busy the wait looks to each counter that could be read: its share of the window's time, in parts per million. */
static void report_evidence(struct run *run, const struct wake *wake)
{
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++) {
        char name[32];

        if (!evidence_has(&wake->evidence, i) || !wake->window_sum_tsc)
            continue;
        fmt(name, sizeof name, "%s_share", evidence_name(i));
        if (i == EVIDENCE_SMI)
            result_scalar(run, "smi", (int64_t)wake->evidence_sum[i], "count");
        else
            result_scalar(run, name, (int64_t)muldiv_u64(wake->evidence_sum[i], 1000000, wake->window_sum_tsc), "ppm");
    }
}

/* How many kept wakes the host delayed by running something else, and for how long in all. */
static void report_steal(struct run *run)
{
    uint64_t total_ns = 0, count = 0;

    for (uint32_t i = 0; i < run->sample_count; i++) {
        const struct sample *sample = &run->samples[i];

        if (sample->reject == REJECT_NONE && sample->steal_ns) {
            total_ns += sample->steal_ns;
            count++;
        }
    }
    result_scalar(run, "steal_samples", (int64_t)count, "count");
    result_scalar(run, "steal_total", (int64_t)total_ns, "ns");
}

/* Nothing was meant to end these waits: how many lasted until the guard, and how many a second ended before it. */
static void report_guard(struct run *run)
{
    uint64_t inside_tsc = 0;
    int64_t guarded = 0, spurious = 0;

    for (uint32_t i = 0; i < run->sample_count; i++) {
        const struct sample *sample = &run->samples[i];

        guarded += sample->reject == REJECT_GUARD;
        spurious += sample->reject == REJECT_SPURIOUS;
        inside_tsc += sample->after_tsc - sample->before_tsc;
    }
    result_scalar(run, "until_guard", guarded, "count");
    result_scalar(run, "spurious", spurious, "count");
    result_scalar(
        run, "spurious_per_1000s",
        (int64_t)muldiv_u64((uint64_t)spurious * 1000, run->machine->clock.tsc_hz, inside_tsc ? inside_tsc : 1),
        "count");
    result_metric(run, "until_guard", guarded, "count");
}

/*
 * Most waits ended before their wake: the instruction does not wait here (emulators run MWAIT so), or something else
 * ends it. The few samples that are left saw their wake by accident and are no latency of this method.
 */
static void report_spurious(struct run *run, const struct wake *wake)
{
    uint32_t spurious = 0, judged = 0;

    for (uint32_t i = wake->warmup; i < run->sample_count; i++, judged++)
        spurious += run->samples[i].reject == REJECT_SPURIOUS;
    if (2 * (uint64_t)spurious <= judged)
        return;
    result_finding(run, "returns_early", CONFIDENCE_NONE,
                   "most waits ended before their wake, and nothing explains why");
    result_fail(run, "spurious", spurious, "count");
}

void wake_finish(struct run *run)
{
    struct wake *wake = run->state;

    if (wake->unreal) {
        result_not_real(run, result_no_wait);
        return;
    }
    calibrate_emit(run, wake->nap.masked ? "masked" : "on", wake->nap.method->name, &wake->empty);
    if (wake->nap.method == idle_find("hlt"))
        result_scalar(run, "hlts", (int64_t)wake->nap.waits, "count");
    if (wake->nap.steal)
        report_steal(run);
    report_evidence(run, wake);
    if (wake->nap.source->is_guard)
        report_guard(run);
    report_spurious(run, wake);
    result_samples(run, wake->empty.min_tsc, wake->empty.count);
}
