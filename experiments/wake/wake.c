/* SPDX-License-Identifier: MIT */
/*
 * Question: how long after the event does a CPU that waits by this method run again?
 * Method: the sleeper arms a local event, or asks another CPU for one, at a random distance, and enters the method's
 *   window (idle.h). Four stamps: before the wait, the event (deadline, or the waker's last stamp before it acts), the
 *   vector stub's first instructions, the next instruction after the wait. Two CPUs' stamps are brought together by the
 *   measured TSC offset.
 * Expected: spin and pause return within the interrupt's delivery; HLT adds the exit of C1, or of whatever the
 *   hypervisor makes of it.
 * Confounders: SMI, steal, host scheduling, one-shot timers whose due time is known only to the cost of arming, TSC
 *   offset between CPUs (its bound is in the log), frequency changes. What can be seen is counted as a reject with its
 *   reason, never dropped.
 * Presence: a wait instruction runs only where CPUID lists it, or the script says force=yes; WAITPKG must also have
 *   waited once.
 * Sources: SDM volume 3, 10.5.4 (timer), 10.6 (IPI); volume 2, HLT, PAUSE, STI.
 */
#include "experiments/wake/parts.h"

#include "arch/x86/cpu/features.h"
#include "experiments/kit/asked.h"

enum { CAP_STEP_TSC = 4 }; /* bits 1:0 of IA32_UMWAIT_CONTROL are no part of its limit */

/* NULL, or why the method, or that of the other CPUs, must not run on this processor. */
static const char *check_method(struct step *step, const struct wake *wake)
{
    const struct nap *nap = &wake->nap;
    const struct idle_method *asleep = nap->sleepers.method;
    const char *problem = gate_refuse_source(step, nap->source);

    if (!problem)
        problem = gate_refuse(step, nap->method, nap->call.argument, nap->masked);
    if (!problem && asleep)
        problem = gate_refuse(step, asleep, nap->sleepers.argument, !asleep->wait);
    return problem;
}

/* NULL, or the limit that an instruction or a register of 32 bits cannot hold at this TSC's frequency. */
static const char *check_limits(const struct wake *wake)
{
    const struct wake_source *source = wake->nap.source;
    bool own_limit = !source->remote && !source->arm;

    if (own_limit && wake->nap.method->relative_limit && wake->interval.high > UINT32_MAX)
        return "the method's timer counts at most 2^32 - 1 ticks (interval=)";
    if (wake->cap_tsc && (wake->cap_tsc < CAP_STEP_TSC || wake->cap_tsc > UINT32_MAX))
        return "IA32_UMWAIT_CONTROL holds 4 to 2^32 - 4 ticks (cap=)";
    return NULL;
}

static void set_up(struct step *step, struct wake *wake)
{
    const struct plan_value *values = step->plan->values;
    const struct plan_method *idle = &values[KEY_IDLE].method;
    struct nap *nap = &wake->nap;

    wait_prepare(step, nap);
    nap_choose(nap, __lab_methods_start[idle->word], (uint32_t)idle->argument, values[KEY_IRQ].choice == IRQ_MASKED,
               __lab_sources_start[values[KEY_BY].choice]);
    nap->awake = values[KEY_OTHERS].choice == OTHERS_AWAKE;
    if (values[KEY_ASLEEP].given)
        nap->sleepers.method = __lab_methods_start[values[KEY_ASLEEP].method.word];
    nap->sleepers.argument = (uint32_t)values[KEY_ASLEEP].method.argument;
    wake->want = asked_choose(step, nap);
    /* Where a deep state is asked for, and nothing of the others, they must not keep its package awake. */
    step->park_deep = !values[KEY_ASLEEP].given && !nap->awake && wake->want > 1;
    nap->delay_tsc = step_time_tsc(step, KEY_DELAY);
    nap->lose = values[KEY_LOSE].count;
    wake->interval = step_interval_tsc(step, KEY_INTERVAL);
    wake->gap_tsc = wake->interval.shape == PLAN_FIXED ? step_time_tsc(step, KEY_GAP) : 0;
    prng_seed(&wake->prng, step->seed);
    wake->cap_tsc = step_time_tsc(step, KEY_CAP);
    step->silence_tsc = wake->interval.high + wake->gap_tsc;
    step->timer_tsc = nap->source->arm ? wake->interval.high : 0;
    wake->warmup = (uint32_t)wake_warmup_most(step->plan);
}

static const char *wake_prepare(struct step *step)
{
    const struct plan_value *values = step->plan->values;
    struct wake *wake = step->state;
    const char *problem;

    set_up(step, wake);
    problem = check_method(step, wake);
    if (!problem)
        problem = check_limits(wake);
    if (problem)
        return problem;
    if (steal_is_told(&step->machine->hv))
        wake->nap.steal = step_alloc(step, sizeof(*wake->nap.steal));
    if (!wake_warm_prepare(step, wake) || !step_alloc_samples(step, (uint32_t)values[KEY_SAMPLES].count + wake->warmup))
        return step_no_memory;
    step->total = step->sample_limit;
    return wake->nap.source->remote ? step->no_waker : NULL;
}

/* A window whose wake is there already ends at once; inside Linux that may be a limit long past. */
static void calibrate(struct step *step, struct wake *wake)
{
    struct idle_call *call = &wake->nap.call;
    const uint64_t *watch = call->watch;
    uint64_t limit_tsc = call->limit_tsc;

    if (wake->empty.waits)
        return;
    call->watch = &step->cpu->wake_count;
    calibrate_empty(step, wake->nap.method, wake->nap.masked, call, &wake->empty);
    wake->nap.waits += wake->empty.waits;
    call->watch = watch;
    call->limit_tsc = limit_tsc;
}

static void wake_batch(struct step *step)
{
    struct wake *wake = step->state;
    const struct idle_method *method = wake->nap.method;

    if (!step->sample_count && !gate_believed(step, method)) {
        wake->unreal = true;
        step->complete = true;
        return;
    }
    if (method->begin)
        method->begin(&step->cpu->msr_saves, wake->cap_tsc);
    evidence_begin(&wake->evidence, step->machine, step->cpu);
    nap_open(&wake->nap);
    calibrate(step, wake);
    do {
        wake_take_sample(step);
        if (wake->warming)
            wake_warm(step, wake);
    } while (step->sample_count < step->total && !step_should_return(step));
    step->complete = step->sample_count == step->total;
    if (nap_close(&wake->nap)) /* else the engine finds the CPU that does not stop */
        msr_restore(&step->cpu->msr_saves);
}

const struct experiment wake_experiment = {
    .spec = {.name = "wake",
             .params = wake_params,
             .param_count = KEY_COUNT,
             .check = wake_check,
             .estimate_ns = wake_estimate_ns,
             .memory_bytes = wake_memory_bytes},
    .waker = WAKER_FROM,
    .ring3 = true,
    .state_bytes = sizeof(struct wake),
    .prepare = wake_prepare,
    .batch = wake_batch,
    .finish = wake_finish,
};
LAB_EXPERIMENT(wake_experiment);
