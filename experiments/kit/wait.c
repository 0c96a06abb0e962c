/* SPDX-License-Identifier: MIT */
#include "experiments/kit/wait.h"

void wait_prepare(const struct step *step, struct nap *nap)
{
    nap->machine = step->machine;
    nap->cpu = step->cpu;
    nap->from = step->waker;
    nap->no_from = step->no_waker;
    nap->sleepers.force = plan_flag(step->plan, "force");
}

void wait_take_state(struct step *step, struct nap *nap, uint64_t ticks_tsc, struct sample *sample)
{
    static const uint8_t order[] = {REJECT_SKEW, REJECT_NMI, REJECT_SPURIOUS, REJECT_EARLY, REJECT_NONE};
    uint32_t reasons;

    *sample = (struct sample){0};
    reasons = wait_take(step, nap, ticks_tsc, sample);
    /* With interrupts masked the event may have come only during the check for it. */
    if (nap->masked && sample->event_tsc > sample->after_tsc)
        reasons |= REASON(REJECT_SPURIOUS);
    sample->reject = (uint8_t)sample_judge(reasons, order);
}
