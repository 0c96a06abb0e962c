/* SPDX-License-Identifier: MIT */
/* One sample of `wake`: the counters, a nap (arch/x86/wake/nap.h), the counters again, and whether it counts. */
#include "experiments/wake/parts.h"

#include "lib/cstring.h"

static uint64_t next_interval(struct wake *wake)
{
    const struct plan_interval *i = &wake->interval;

    if (i->shape == PLAN_UNIFORM)
        return prng_range(&wake->prng, i->low, i->high);
    if (i->shape == PLAN_LOG)
        return prng_log_range(&wake->prng, i->low, i->high);
    return i->low;
}

/* Before an event at a fixed interval is armed: else the naps may run in step with a clock of the host. */
static void let_pass(struct step *step, struct wake *wake)
{
    uint64_t begin_tsc = step_now_tsc(), gap_tsc, now_tsc;

    if (!wake->gap_tsc)
        return;
    gap_tsc = prng_below(&wake->prng, wake->gap_tsc + 1);
    do {
        step_pet(step);
        now_tsc = step_now_tsc();
    } while (now_tsc - begin_tsc < gap_tsc);
    if (step->sample_count)
        step->apart_tsc += now_tsc - begin_tsc;
}

/* The order decides which reason is counted where several hold. */
static enum sample_reject judge(const struct step *step, const struct wake *wake, const struct sample *sample,
                                uint32_t reasons)
{
    static const uint8_t order[] = {REJECT_WARMUP, REJECT_NMI,   REJECT_SMI,  REJECT_PREEMPTED, REJECT_SPURIOUS,
                                    REJECT_EARLY,  REJECT_GUARD, REJECT_SKEW, REJECT_NONE};

    if (step->sample_count < wake->warmup)
        reasons |= REASON(REJECT_WARMUP);
    if (sample->smi_count)
        reasons |= REASON(REJECT_SMI);
    if (wake->nap.source->is_guard)
        reasons |= REASON(REJECT_GUARD);
    return sample_judge(reasons, order);
}

/* Until the event, or the end of the wait where no event was to end it. */
static uint64_t silent_tsc(const struct sample *sample)
{
    bool inside = sample->event_tsc > sample->before_tsc && sample->event_tsc < sample->after_tsc;

    return (inside ? sample->event_tsc : sample->after_tsc) - sample->before_tsc;
}

void wake_take_sample(struct step *step)
{
    struct wake *wake = step->state;
    struct sample *sample = &step->samples[step->sample_count];
    uint64_t *moved = wake->moved;
    uint32_t reasons;

    let_pass(step, wake);
    evidence_read(&wake->evidence, moved);
    reasons = wait_take(step, &wake->nap, next_interval(wake), sample);
    evidence_since(&wake->evidence, moved);
    sample->smi_count = (uint32_t)moved[EVIDENCE_SMI];
    sample->aperf = moved[EVIDENCE_APERF];
    sample->mperf = moved[EVIDENCE_MPERF];
    memcpy(sample->residency, &moved[EVIDENCE_CC1], sizeof(sample->residency));
    sample->reject = (uint8_t)judge(step, wake, sample, reasons);
    if (sample->reject == REJECT_NONE || sample->reject == REJECT_GUARD) {
        for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
            wake->evidence_sum[i] += moved[i];
        wake->window_sum_tsc += sample->after_tsc - sample->before_tsc;
        wake->silent_sum_tsc += silent_tsc(sample);
    }
    step->rejected += sample->reject != REJECT_NONE;
    step->sample_count++;
    step->done = step->sample_count;
}
