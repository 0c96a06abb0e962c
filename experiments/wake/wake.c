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

enum { CAP_STEP_TSC = 4 }; /* bits 1:0 of IA32_UMWAIT_CONTROL are no part of its limit */

/* NULL, or why the method, or that of the other CPUs, must not run on this processor. */
static const char *check_method(struct run *run, const struct wake *wake)
{
    const struct nap *nap = &wake->nap;
    const struct idle_method *asleep = nap->sleepers.method;
    const char *problem = gate_refuse(run, nap->method, nap->call.argument, nap->masked);

    if (!problem && asleep)
        problem = gate_refuse(run, asleep, nap->sleepers.argument, !asleep->wait);
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

static void set_up(struct run *run, struct wake *wake)
{
    const struct plan_value *values = run->step->values;
    const struct plan_method *idle = &values[KEY_IDLE].method;
    struct nap *nap = &wake->nap;

    wait_prepare(run, nap);
    nap_choose(nap, __lab_methods_start[idle->word], (uint32_t)idle->argument, values[KEY_IRQ].choice == IRQ_MASKED,
               __lab_sources_start[values[KEY_BY].choice]);
    nap->awake = values[KEY_OTHERS].choice == OTHERS_AWAKE;
    if (values[KEY_ASLEEP].given)
        nap->sleepers.method = __lab_methods_start[values[KEY_ASLEEP].method.word];
    nap->sleepers.argument = (uint32_t)values[KEY_ASLEEP].method.argument;
    nap->delay_tsc = run_time_tsc(run, KEY_DELAY);
    nap->lose = values[KEY_LOSE].count;
    wake->interval = run_interval_tsc(run, KEY_INTERVAL);
    prng_seed(&wake->prng, run->seed);
    wake->warmup = (uint32_t)values[KEY_WARMUP].count;
    wake->cap_tsc = run_time_tsc(run, KEY_CAP);
    run->silence_tsc = wake->interval.high;
    run->total = (uint32_t)(values[KEY_SAMPLES].count + wake->warmup);
}

static const char *wake_prepare(struct run *run)
{
    struct wake *wake = run->state;
    const char *problem;

    set_up(run, wake);
    problem = check_method(run, wake);
    if (!problem)
        problem = check_limits(wake);
    if (problem)
        return problem;
    if (kvm_has(&run->machine->hv, KVM_FEATURE_STEAL_TIME))
        wake->nap.steal = run_alloc(run, sizeof *wake->nap.steal);
    if (!run_alloc_samples(run, run->total))
        return run_no_memory;
    return wake->nap.source->remote ? run->no_waker : NULL;
}

/* The empty path of the same window: an interrupt that is pending already ends every method that interrupts can end. */
static void calibrate(struct run *run, struct wake *wake)
{
    struct idle_call *call = &wake->nap.call;
    const uint64_t *watch = call->watch;
    uint32_t ends = wake->nap.masked ? IDLE_ENDS_MASKED : IDLE_ENDS_INTERRUPT;

    if (wake->empty.count || !(wake->nap.method->ends & ends))
        return;
    call->watch = &run->cpu->wake_count;
    call->limit_tsc = wake->nap.method->relative_limit ? 0 : UINT64_MAX;
    calibrate_empty(run, wake->nap.wait, call, &wake->empty);
    wake->nap.waits += wake->empty.waits;
    call->watch = watch;
}

static void wake_batch(struct run *run)
{
    struct wake *wake = run->state;
    const struct idle_method *method = wake->nap.method;

    if (!run->sample_count && !gate_believed(run, method)) {
        wake->unreal = true;
        run->complete = true;
        return;
    }
    if (method->begin)
        method->begin(&run->cpu->msr_saves, wake->cap_tsc);
    evidence_begin(&wake->evidence, run->machine, run->cpu);
    nap_open(&wake->nap);
    calibrate(run, wake);
    do {
        wake_take_sample(run);
    } while (run->sample_count < run->sample_limit && !run_should_return(run));
    run->complete = run->sample_count == run->sample_limit;
    if (nap_close(&wake->nap)) /* else the engine finds the CPU that does not stop */
        msr_restore(&run->cpu->msr_saves);
}

static const struct experiment wake = {
    .spec = {.name = "wake",
             .params = wake_params,
             .param_count = KEY_COUNT,
             .check = wake_check,
             .estimate_ns = wake_estimate_ns,
             .memory_bytes = wake_memory_bytes},
    .waker = WAKER_FROM,
    .state_bytes = sizeof(struct wake),
    .prepare = wake_prepare,
    .batch = wake_batch,
    .finish = wake_finish,
};
LAB_EXPERIMENT(wake);
