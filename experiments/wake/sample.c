/* SPDX-License-Identifier: MIT */
/* One sample of `wake`: the counters, a nap (arch/x86/wake/nap.h), the counters again, and whether it counts. */
#include "experiments/wake/parts.h"

static __attribute__((noinline)) uint64_t draw_interval(struct wake *wake)
{
    const struct plan_interval *i = &wake->interval;

    return i->shape == PLAN_UNIFORM ? prng_range(&wake->prng, i->low, i->high)
                                    : prng_log_range(&wake->prng, i->low, i->high);
}

/* The order decides which reason is counted where several hold. */
static __attribute__((noinline)) void judge(struct step *step, struct sample *sample, uint32_t reasons)
{
    static const uint8_t order[] = {REJECT_WARMUP, REJECT_NMI,   REJECT_SMI,  REJECT_PREEMPTED, REJECT_SPURIOUS,
                                    REJECT_EARLY,  REJECT_GUARD, REJECT_SKEW, REJECT_NONE};

    sample->reject = (uint8_t)sample_judge(reasons, order);
    step->rejected += sample->reject != REJECT_NONE;
}

/* What the counters that this CPU has say of the nap; the sample has zeroes where it has none. Reasons to reject it. */
static __attribute__((noinline)) uint32_t take_evidence(struct wake *wake, struct sample *sample)
{
    uint64_t *moved = wake->moved;

    evidence_since(&wake->evidence, moved);
    sample->smi_count = (uint32_t)moved[EVIDENCE_SMI];
    sample->aperf = moved[EVIDENCE_APERF];
    sample->mperf = moved[EVIDENCE_MPERF];
    for (unsigned i = 0; i < SAMPLE_RESIDENCIES; i++)
        sample->residency[i] = moved[EVIDENCE_CC1 + i];
    return sample->smi_count ? REASON(REJECT_SMI) : 0;
}

static __attribute__((noinline)) void add_evidence(struct wake *wake)
{
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
        wake->evidence_sum[i] += wake->moved[i];
}

/*
 * What lies between two naps is the lab's own time: where there is no counter, hardly more than the judging. Before an
 * event at a fixed interval a random time passes: else the naps may run in step with a clock of the host.
 */
void wake_take_sample(struct step *step)
{
    struct wake *wake = step->state;
    struct sample *sample = &step->samples[step->sample_count];
    bool drawn = wake->interval.shape != PLAN_FIXED, has_evidence = wake->evidence.readable != 0;
    uint64_t ticks_tsc = drawn ? draw_interval(wake) : wake->interval.low;
    uint32_t reasons;

    if (wake->gap_tsc) {
        uint64_t begin_tsc = step_now_tsc(), gap_tsc = prng_below(&wake->prng, wake->gap_tsc + 1), passed_tsc;

        do {
            step_pet(step);
            passed_tsc = step_now_tsc() - begin_tsc;
        } while (passed_tsc < gap_tsc);
        if (step->sample_count > wake->warmup)
            step->apart_tsc += passed_tsc;
    }
    if (has_evidence)
        evidence_read(&wake->evidence, wake->moved);
    reasons = wait_take(step, &wake->nap, ticks_tsc, sample);
    if (has_evidence)
        reasons |= take_evidence(wake, sample);
    if (step->sample_count < wake->warmup)
        reasons |= REASON(REJECT_WARMUP);
    if (wake->nap.source->is_guard)
        reasons |= REASON(REJECT_GUARD);
    if (reasons)
        judge(step, sample, reasons);
    if (has_evidence && wake_counts(sample))
        add_evidence(wake);
    step->done = ++step->sample_count;
}
