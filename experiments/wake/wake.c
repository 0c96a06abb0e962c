/* SPDX-License-Identifier: MIT */
/*
 * Question: how long after the event does a CPU that waits by this method run again?
 * Method: the sleeper arms a local event, or asks another CPU for one, at a random distance, and enters the method's
 * window (idle.h).
 *   Four stamps: before the wait, the event (deadline, or the waker's last stamp before it acts), the vector stub's
 *   first instructions, the next instruction after the wait. Two CPUs' stamps are brought together by the measured TSC
 *   offset.
 * Expected: spin and pause return within the interrupt's delivery; HLT adds the exit of C1, or of whatever the
 * hypervisor makes of it.
 * Confounders: SMI, steal, host scheduling, one-shot timers whose due time is known only to the cost of arming, TSC
 *   offset between CPUs (its bound is in the log), frequency changes. What can be seen is counted as a reject with its
 *   reason, never dropped.
 * Presence: a wait instruction runs only where CPUID lists it, or the script says force=yes; WAITPKG must also have
 * waited once.
 * Sources: SDM volume 3, 10.5.4 (timer), 10.6 (IPI); volume 2, HLT, PAUSE, STI.
 */
#include "experiments/wake/parts.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/errata.h"
#include "lib/fmt.h"

enum { CAP_STEP_TSC = 4 }; /* bits 1:0 of IA32_UMWAIT_CONTROL are no part of its limit */

/* NULL, or why the method, or that of the other CPUs, must not run on this processor. */
static const char *check_method(struct run *run, const struct wake *wake)
{
    const struct idle_method *asleep = wake->sleepers.method;
    const char *problem = gate_refuse(run, wake->method, wake->call.argument, wake->masked);

    if (!problem && asleep)
        problem = gate_refuse(run, asleep, wake->sleepers.argument, !asleep->wait);
    return problem;
}

/* What an instruction or a register of 32 bits cannot hold at this TSC's frequency. */
static const char *check_limits(const struct wake *wake)
{
    bool own_limit = !wake->source->remote && !wake->source->arm;

    if (own_limit && wake->method->relative_limit && wake->interval.high > UINT32_MAX)
        return "the method's timer counts at most 2^32 - 1 ticks (interval=)";
    if (wake->cap_tsc && (wake->cap_tsc < CAP_STEP_TSC || wake->cap_tsc > UINT32_MAX))
        return "IA32_UMWAIT_CONTROL holds 4 to 2^32 - 4 ticks (cap=)";
    return NULL;
}

static void set_up(struct run *run, struct wake *wake)
{
    const struct plan_value *values = run->step->values;

    wake->method = __lab_methods_start[values[KEY_IDLE].method.word];
    wake->source = __lab_sources_start[values[KEY_BY].choice];
    wake->masked = values[KEY_IRQ].choice == IRQ_MASKED;
    wake->wait = wake->masked ? wake->method->wait_masked : wake->method->wait;
    wake->interval = run_interval_tsc(run, KEY_INTERVAL);
    prng_seed(&wake->prng, run->seed);
    wake->awake = values[KEY_OTHERS].choice == OTHERS_AWAKE;
    if (values[KEY_ASLEEP].given)
        wake->sleepers.method = __lab_methods_start[values[KEY_ASLEEP].method.word];
    wake->sleepers.argument = (uint32_t)values[KEY_ASLEEP].method.argument;
    wake->warmup = (uint32_t)values[KEY_WARMUP].count;
    wake->delay_tsc = run_time_tsc(run, KEY_DELAY);
    wake->lose = values[KEY_LOSE].count;
    wake->cap_tsc = run_time_tsc(run, KEY_CAP);
    wake->call.argument = (uint32_t)values[KEY_IDLE].method.argument;
    wake->call.watch = wake_watch(run->cpu, wake->source->trace);
    wake->call.flush_line = errata_flush_before_monitor(&run->machine->snapshot);
    run->silence_tsc = wake->interval.high;
    run->total = (uint32_t)(values[KEY_SAMPLES].count + wake->warmup);
}

static const char *wake_prepare(struct run *run)
{
    struct wake *wake = run_alloc(run, sizeof *wake);
    const char *problem;

    if (!wake)
        return run_no_memory;
    run->state = wake;
    set_up(run, wake);
    problem = check_method(run, wake);
    if (!problem)
        problem = check_limits(wake);
    if (problem)
        return problem;
    if (kvm_has(&run->machine->hv, KVM_FEATURE_STEAL_TIME))
        wake->steal = run_alloc(run, sizeof *wake->steal);
    wake->evidence.steal = wake->steal;
    if (!run_alloc_samples(run, run->total))
        return run_no_memory;
    if (!wake->source->remote)
        return NULL;
    if (run->waker)
        waker_init(&wake->waker, run->machine, wake->source, run->waker, run->cpu);
    wake->waker.lose = wake->lose;
    return run->no_waker;
}

/* Everything that a batch changes on the CPU and beside it, and back. */
static void open_batch(struct run *run, struct wake *wake)
{
    if (wake->method->begin)
        wake->method->begin(&run->cpu->msr_saves, wake->cap_tsc);
    evidence_begin(&wake->evidence, run->machine, run->cpu);
    if (wake->steal)
        kvm_steal_enable(&run->machine->hv, wake->steal);
    if (wake->sleepers.method)
        sleepers_start(&wake->sleepers, run->machine, run->cpu, wake->waker.cpu);
    if (wake->awake)
        spinners_start(&wake->spinners, run->machine, run->cpu, wake->waker.cpu);
    if (wake->source->remote)
        waker_start(&wake->waker);
    if (wake->source->begin)
        wake->source->begin(run->machine);
}

static void close_batch(struct run *run, struct wake *wake)
{
    if (wake->source->end)
        wake->source->end(run->machine);
    if (wake->source->remote)
        waker_stop(&wake->waker);
    if (wake->awake)
        spinners_stop(&wake->spinners);
    if (wake->sleepers.method)
        sleepers_stop(&wake->sleepers);
    if (wake->steal)
        kvm_steal_disable(&run->machine->hv);
    msr_restore(&run->cpu->msr_saves);
}

/* The empty path of the same window: an interrupt that is pending already ends every method that interrupts can end. */
static void calibrate(struct run *run, struct wake *wake)
{
    const uint64_t *watch = wake->call.watch;
    uint32_t ends = wake->masked ? IDLE_ENDS_MASKED : IDLE_ENDS_INTERRUPT;

    if (wake->empty.count || !(wake->method->ends & ends))
        return;
    wake->call.watch = &run->cpu->wake_count;
    wake->call.limit_tsc = wake->method->relative_limit ? 0 : UINT64_MAX;
    calibrate_empty(run, wake->wait, &wake->call, &wake->empty);
    wake->waits += wake->empty.waits;
    wake->call.watch = watch;
}

static void wake_batch(struct run *run)
{
    struct wake *wake = run->state;

    if (!run->sample_count && !gate_believed(run, wake->method)) {
        wake->unreal = true;
        run->complete = true;
        return;
    }
    open_batch(run, wake);
    calibrate(run, wake);
    do {
        wake_take_sample(run);
    } while (run->sample_count < run->sample_limit && !run_should_return(run));
    run->complete = run->sample_count == run->sample_limit;
    close_batch(run, wake);
}

static const struct experiment wake = {
    .spec = {.name = "wake",
             .params = wake_params,
             .param_count = KEY_COUNT,
             .check = wake_check,
             .estimate_ns = wake_estimate_ns,
             .memory_bytes = wake_memory_bytes},
    .cpus = 1,
    .waker = WAKER_FROM,
    .prepare = wake_prepare,
    .batch = wake_batch,
    .finish = wake_finish,
};
LAB_EXPERIMENT(wake);
