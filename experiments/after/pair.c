/* SPDX-License-Identifier: MIT */
/* The passes of `after`: one behind spin, one behind the method, the other way round in every second pair. */
#include "experiments/after/parts.h"

enum {
    SIZE_TIMES = 32,     /* a work is timed over so many first slices, */
    SIZE_MOST = 1 << 26, /* and so many steps at most: */
    SIZE_TRIES = 4,      /* the least of so many counts */
};

static uint64_t time_steps(struct after *after, const struct after_job *job, uint32_t steps)
{
    uint64_t least_tsc = UINT64_MAX;

    for (unsigned i = 0; i < SIZE_TRIES; i++) {
        after_work_pass(job, &steps, 1, false, &after->pass);
        if (after->pass.took_tsc[0] < least_tsc)
            least_tsc = after->pass.took_tsc[0];
    }
    return least_tsc;
}

/* Steps that take as long as the first slice; what they touch is warm by then. */
static uint32_t steps_of(struct after *after, const struct after_job *job, uint64_t first_tsc)
{
    uint32_t steps = job->period;
    uint64_t took_tsc = time_steps(after, job, steps);

    while (took_tsc < first_tsc * SIZE_TIMES && steps < SIZE_MOST) {
        steps *= 2;
        took_tsc = time_steps(after, job, steps);
    }
    steps = (uint32_t)(steps * first_tsc / (took_tsc + 1));
    return steps ? steps : 1;
}

void after_size(struct step *step, struct after *after)
{
    uint64_t first_tsc = step_time_tsc(step, KEY_FIRST);

    for (uint32_t i = 0; i < after->job_count; i++) {
        struct after_job *job = &after->job[i];
        uint64_t sum = 0;

        if (!after_work_open(job))
            continue;
        job->steps[0] = steps_of(after, job, first_tsc);
        for (uint32_t slice = 0; slice < after->slices; slice++) {
            job->steps[slice] = job->steps[0] << slice;
            job->whole += sum < job->period;
            sum += job->steps[slice];
        }
        step_pet(step);
    }
}

/* The method's or spin's wait, and the work from its first instruction on. */
static void wait_and_work(void *owner)
{
    struct step *step = owner;
    struct after *after = step->state;
    struct nap *nap = &after->nap[after->way];
    const uint32_t *steps = after->now->steps;
    uint32_t more[AFTER_SLICES_MAX];

    if (after->extra && after->way == WAY_METHOD) {
        for (uint32_t i = 0; i < after->slices; i++)
            more[i] = steps[i] + (i == after->into ? after->extra : 0);
        steps = more;
    }
    nap->wait(&nap->call);
    after_work_pass(after->now, steps, after->slices, after->counts_cycles, &after->pass);
}

/* Reasons for which a pass does not count; the wake may not have come before its work was done. */
static uint32_t judge(const struct after *after, const struct sample *sample, uint32_t reasons)
{
    const struct nap *nap = &after->nap[after->way];
    uint64_t bound_tsc = nap->source->remote ? nap->from->tsc_offset_bound + nap->cpu->tsc_offset_bound : 0;

    if (sample->event_tsc > sample->after_tsc + bound_tsc)
        reasons |= REASON(REJECT_SPURIOUS);
    if (sample->steal_ns)
        reasons |= REASON(REJECT_STEAL);
    if (after->moved[EVIDENCE_SMI])
        reasons |= REASON(REJECT_SMI);
    return reasons;
}

/* All that is warm is warm again, as the clock may be: the whole set once, and a quarter of a pass. */
static void warm(struct after *after)
{
    const struct after_job *job = after->now;
    uint32_t steps = job->steps[after->slices - 2];

    if (steps < job->period)
        steps = job->period;
    after_work_pass(job, &steps, 1, false, &after->pass);
}

static void keep(struct after *after, struct after_job *job, const struct sample *sample)
{
    for (uint32_t i = 0; i < after->slices; i++) {
        uint32_t at = i * after->samples + job->kept;

        job->took_tsc[after->way][at] = (int64_t)after->pass.took_tsc[i];
        job->cycles[after->way][at] = (int64_t)after->pass.cycles[i];
    }
    if (after->way == WAY_METHOD)
        job->lead_tsc[job->kept] = (int64_t)(after->pass.begin_tsc - sample->after_tsc);
}

/* One pass behind one wait. Reasons for which it does not count; *parked: the CPUs are parked again. */
static uint32_t take(struct step *step, struct after *after, struct after_job *job, bool *parked)
{
    struct nap *nap = &after->nap[after->way];
    struct sample sample = {0};
    uint32_t reasons;

    nap->window = wait_and_work;
    nap->owner = step;
    nap_open(nap);
    warm(after);
    step_pet(step);
    evidence_read(&after->evidence, after->moved);
    reasons = wait_take(step, nap, after->interval_tsc, &sample);
    evidence_since(&after->evidence, after->moved);
    reasons = judge(after, &sample, reasons);
    keep(after, job, &sample);
    *parked = nap_close(nap);
    if (after->way == WAY_METHOD && !reasons) {
        for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
            after->evidence_sum[i] += after->moved[i];
        after->slept_sum_tsc += sample.event_tsc - sample.before_tsc;
    }
    step_pet(step);
    return reasons;
}

bool after_pair(struct step *step, struct after *after)
{
    static const uint8_t order[] = {REJECT_NMI,      REJECT_SMI,  REJECT_PREEMPTED, REJECT_STEAL,
                                    REJECT_SPURIOUS, REJECT_SKEW, REJECT_EARLY,     REJECT_NONE};
    uint32_t pair = step->done / after->job_count, reasons = 0;
    struct after_job *job = &after->job[step->done % after->job_count];
    enum sample_reject reject;
    bool parked = true;

    if (!job->steps[0])
        return true;
    after->now = job;
    for (unsigned i = 0; i < WAYS && parked; i++) {
        after->way = (enum after_way)((pair + i) % WAYS);
        reasons |= take(step, after, job, &parked);
    }
    reject = sample_judge(reasons, order);
    after->rejects[reject]++;
    job->kept += reject == REJECT_NONE;
    step->rejected += reject != REJECT_NONE;
    return parked;
}
