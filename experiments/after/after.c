/* SPDX-License-Identifier: MIT */
/*
 * Question: what does idling cost after the wake, until the CPU works as fast as before?
 * Method: a fixed work, timed in slices that grow, from the first instruction behind the wait on: once behind the
 *   method, once behind `spin` for an event as far away, in turns within one step, the works in turns too. The figure
 *   is method less spin: what merely passes with the time costs both. What two passes behind spin differ by is the
 *   floor.
 * Expected: spin loses nothing. C1 keeps its caches; deeper states flush L1 and L2, so that the first pass over them is
 *   slow; a shared cache that lost its power makes the large chase slow. The chain of additions shows the clock alone,
 *   which begins low and rises, for microseconds to milliseconds.
 * Confounders: what ran meanwhile has taken the caches, whatever the state; the handler of the wake runs first; a host
 *   that gives the thread back on another core; the other thread of the core.
 * Sources: SDM volume 3, 15.2 (APERF), 15.5 (C-states and what they keep), 10.5.4 (timer).
 */
#include "arch/x86/cpu/features.h"
#include "arch/x86/hv/steal.h"
#include "experiments/after/parts.h"
#include "experiments/kit/asked.h"
#include "experiments/kit/gate.h"

static const char *refuse(struct step *step, const struct after *after)
{
    const struct nap *nap = &after->nap[WAY_METHOD];
    const char *problem = gate_refuse_source(step, nap->source);

    if (!problem)
        problem = gate_refuse(step, nap->method, nap->call.argument, nap->masked);
    if (!problem && nap->source->remote)
        problem = step->no_waker;
    return problem;
}

static bool allocate(struct step *step, struct after *after, struct after_job *job)
{
    uint64_t bytes = sizeof(int64_t) * after->samples;

    for (unsigned way = 0; way < WAYS; way++) {
        job->took_tsc[way] = step_alloc(step, bytes * after->slices);
        job->cycles[way] = step_alloc(step, bytes * after->slices);
    }
    job->lead_tsc = step_alloc(step, bytes);
    return job->took_tsc[WAY_SPIN] && job->took_tsc[WAY_METHOD] && job->cycles[WAY_SPIN] && job->cycles[WAY_METHOD] &&
           job->lead_tsc && after_work_prepare(step, job);
}

static bool choose_works(struct step *step, struct after *after)
{
    unsigned choice = step->plan->values[KEY_WORK].choice;

    after->job_count = choice ? 1 : AFTER_WORKS;
    for (uint32_t i = 0; i < after->job_count; i++) {
        after->job[i].work = (enum after_work)(choice ? choice - 1 : i);
        if (!allocate(step, after, &after->job[i]))
            return false;
    }
    return true;
}

static void choose_waits(struct step *step, struct after *after)
{
    const struct plan_value *values = step->plan->values;
    const struct plan_method *idle = &values[KEY_IDLE].method;
    const struct idle_method *method = __lab_methods_start[idle->word];
    const struct wake_source *source = __lab_sources_start[values[KEY_BY].choice];

    for (unsigned way = 0; way < WAYS; way++)
        wait_prepare(step, &after->nap[way]);
    nap_choose(&after->nap[WAY_METHOD], method, (uint32_t)idle->argument, !method->wait, source);
    nap_choose(&after->nap[WAY_SPIN], idle_find("spin"), 0, false, after_spin_source(source));
    after->want = asked_choose(step, &after->nap[WAY_METHOD]);
    step->park_deep = after->want > 1;
}

static const char *after_prepare(struct step *step)
{
    const struct plan_value *values = step->plan->values;
    struct after *after = step->state;
    const char *problem;

    choose_waits(step, after);
    problem = refuse(step, after);
    if (problem)
        return problem;
    after->interval_tsc = step_interval_tsc(step, KEY_INTERVAL).low;
    after->slices = (uint32_t)values[KEY_SLICES].count;
    after->samples = (uint32_t)values[KEY_SAMPLES].count;
    after->extra = (uint32_t)values[KEY_EXTRA].count;
    after->into = (uint32_t)values[KEY_INTO].count - 1;
    step->silence_tsc = after->interval_tsc + (step_time_tsc(step, KEY_FIRST) << after->slices);
    step->timer_tsc = after->nap[WAY_SPIN].source->arm ? after->interval_tsc : 0;
    if (steal_is_told(&step->machine->hv) && !(after->nap[WAY_SPIN].steal = after->nap[WAY_METHOD].steal =
                                                   step_alloc(step, sizeof(*after->nap[WAY_SPIN].steal))))
        return step_no_memory;
    if (!choose_works(step, after))
        return step_no_memory;
    step->total = after->samples * after->job_count;
    return NULL;
}

static void after_batch(struct step *step)
{
    struct after *after = step->state;
    const struct idle_method *method = after->nap[WAY_METHOD].method;
    bool parked;

    if (!step->done && !gate_believed(step, method)) {
        after->unreal = true;
        step->complete = true;
        return;
    }
    if (method->begin)
        method->begin(&step->cpu->msr_saves, 0);
    evidence_begin(&after->evidence, step->machine, step->cpu);
    after->counts_cycles = evidence_has(&after->evidence, EVIDENCE_APERF);
    if (!after->sized)
        after_size(step, after);
    after->sized = true;
    do {
        parked = after_pair(step, after);
    } while (parked && ++step->done < step->total && !step_should_return(step));
    step->complete = step->done == step->total;
    if (parked) /* else the engine finds the CPU that does not stop */
        msr_restore(&step->cpu->msr_saves);
}

const struct experiment after_experiment = {
    .spec = {.name = "after",
             .params = after_params,
             .param_count = KEY_COUNT,
             .check = after_check,
             .estimate_ns = after_estimate_ns,
             .memory_bytes = after_memory_bytes},
    .waker = WAKER_ANY,
    .ring3 = true,
    .state_bytes = sizeof(struct after),
    .prepare = after_prepare,
    .batch = after_batch,
    .finish = after_finish,
};
LAB_EXPERIMENT(after_experiment);
