// SPDX-License-Identifier: MIT
/*
 * Question: how long after the event does a CPU that waits by this method run again?
 * Method: the sleeper arms a local event, or asks another CPU for one, at a random distance, and enters the method's window (idle.h).
 *   Four stamps: before the wait, the event (deadline, or the waker's last stamp before it acts), the vector stub's first
 *   instructions, the next instruction after the wait. Two CPUs' stamps are brought together by the measured TSC offset.
 * Expected: spin and pause return within the interrupt's delivery; HLT adds the exit of C1, or of whatever the hypervisor makes of it.
 * Confounders: SMI, steal, host scheduling, one-shot timers whose due time is known only to the cost of arming, TSC offset between
 *   CPUs (its bound is in the log), frequency changes. What can be seen is counted as a reject with its reason, never dropped.
 * Sources: SDM volume 3, 10.5.4 (timer), 10.6 (IPI); volume 2, HLT, PAUSE, STI.
 */
#include "experiments/wake.h"

#include "arch/x86/cpu/placement.h"
#include "arch/x86/irq/fault.h"

#define MSR_SMI_COUNT 0x34

static uint64_t value_tsc(const struct run *run, uint64_t value, bool ticks)
{
    return ticks ? value : run_tsc(run, value);
}

static struct percpu *find_waker(const struct run *run)
{
    const struct plan_cpu *from = &run->step->values[KEY_FROM].cpu;
    const struct machine *machine = run->machine;

    switch (from->place) {
    case PLAN_CPU_SIBLING:
        return placement_find(machine, run->cpu, CPU_RELATION_SIBLING);
    case PLAN_CPU_PACKAGE:
        return placement_find(machine, run->cpu, CPU_RELATION_PACKAGE);
    case PLAN_CPU_REMOTE:
        return placement_find(machine, run->cpu, CPU_RELATION_OTHER);
    case PLAN_CPU_NUMBER:
        if (from->number >= machine->cpu_count || machine->cpus[from->number] == run->cpu)
            return NULL;
        return machine->cpus[from->number];
    default:
        return placement_any(machine, run->cpu);
    }
}

static const char *wake_prepare_remote(struct run *run, struct wake *wake)
{
    struct percpu *cpu = find_waker(run);

    if (!cpu)
        return "no CPU stands in that relation (from=)";
    if (cpu->index == 0)
        return "CPU 0 leads the run and cannot be the waker of another CPU";
    if (!run->machine->clock.offsets_known)
        return "the TSC offset between the CPUs is not known";
    waker_init(&wake->waker, run->machine, wake->source, cpu, run->cpu);
    return NULL;
}

static const char *wake_prepare(struct run *run)
{
    const struct plan_value *values = run->step->values;
    const struct plan_interval *interval = &values[KEY_INTERVAL].interval;
    struct wake *wake = run_alloc(run, sizeof *wake);
    uint64_t smi;

    if (!wake)
        return run_no_memory;
    run->state = wake;
    if (values[KEY_CPU].count >= run->machine->cpu_count)
        return "that CPU does not run (cpu=)";
    run->cpu = run->machine->cpus[values[KEY_CPU].count];
    wake->method = __lab_methods_start[values[KEY_IDLE].method.word];
    wake->source = __lab_sources_start[values[KEY_BY].choice];
    wake->interval = *interval;
    wake->interval.low = value_tsc(run, interval->low, interval->ticks);
    wake->interval.high = value_tsc(run, interval->high, interval->ticks);
    prng_seed(&wake->prng, values[KEY_SEED].count);
    wake->awake = values[KEY_OTHERS].choice == OTHERS_AWAKE;
    wake->warmup = (uint32_t)values[KEY_WARMUP].count;
    wake->delay_tsc = value_tsc(run, values[KEY_DELAY].time.value, values[KEY_DELAY].time.ticks);
    wake->call.argument = values[KEY_IDLE].method.argument;
    wake->call.counter = &run->cpu->wake_count;
    wake->smi_readable = run->machine->snapshot.vendor == CPU_VENDOR_INTEL &&
                         run->machine->hv.kind == HYPERVISOR_NONE &&
                         !rdmsr_try(MSR_SMI_COUNT, &smi).valid;
    if (kvm_has(&run->machine->hv, KVM_FEATURE_STEAL_TIME))
        wake->steal = run_alloc(run, sizeof *wake->steal);
    run->silence_tsc = wake->interval.high;
    run->total = (uint32_t)(values[KEY_SAMPLES].count + wake->warmup);
    if (!run_alloc_samples(run, run->total))
        return run_no_memory;
    return wake->source->remote ? wake_prepare_remote(run, wake) : NULL;
}

static uint64_t next_interval(struct wake *wake)
{
    const struct plan_interval *i = &wake->interval;

    if (i->shape == PLAN_UNIFORM)
        return prng_range(&wake->prng, i->low, i->high);
    if (i->shape == PLAN_LOG)
        return prng_log_range(&wake->prng, i->low, i->high);
    return i->low;
}

/* What is read before and after a sample, outside the window, to know whether something else happened meanwhile. */
struct surroundings {
    uint64_t nmi_count;
    uint64_t smi_count;
    uint64_t steal_ns;
};

static struct surroundings look_around(const struct run *run, const struct wake *wake)
{
    struct surroundings s = {.nmi_count = percpu_count(&run->cpu->nmi_count)};

    if (wake->smi_readable)
        s.smi_count = rdmsr(MSR_SMI_COUNT);
    if (wake->steal)
        kvm_steal_ns(wake->steal, &s.steal_ns);
    return s;
}

/* The order decides which reason is counted where several hold. */
static enum sample_reject judge(const struct sample *sample, const struct wake *wake,
                                const struct surroundings *before,
                                const struct surroundings *after, uint32_t index)
{
    if (index < wake->warmup)
        return REJECT_WARMUP;
    if (after->nmi_count != before->nmi_count)
        return REJECT_NMI;
    if (after->smi_count != before->smi_count)
        return REJECT_SMI;
    if (sample->steal_ns && !wake->method->yields)
        return REJECT_STEAL;
    if (sample->cause == WAKE_UNKNOWN)
        return REJECT_SPURIOUS;
    if (sample->event_tsc <= sample->before_tsc)
        return REJECT_EARLY;
    return REJECT_NONE;
}

/* Sends off the event, waits for it, and returns when it was. */
static uint64_t sleep_once(struct run *run, struct wake *wake, uint64_t ticks_tsc)
{
    uint64_t event_tsc = 0;

    wake->call.counter_was = percpu_count(wake->call.counter);
    __atomic_store_n(&run->waiting, 1, __ATOMIC_RELAXED);
    if (wake->source->remote)
        waker_ask(&wake->waker, rdtsc() + ticks_tsc);
    else
        event_tsc = wake->source->arm(run->machine, ticks_tsc + wake->delay_tsc) - wake->delay_tsc;
    wake->method->wait(&wake->call);
    return event_tsc;
}

/* The wait may have ended for another reason: the event is still to come, and must not fall into the next sample. */
static void settle(struct run *run, struct wake *wake)
{
    while (percpu_count(wake->call.counter) == wake->call.counter_was)
        sti_nop_cli();
    __atomic_store_n(&run->waiting, 0, __ATOMIC_RELAXED);
}

static void take_sample(struct run *run, struct wake *wake)
{
    struct sample *sample = &run->samples[run->sample_count];
    uint64_t ticks_tsc = next_interval(wake);
    struct surroundings before = look_around(run, wake), after;
    uint64_t event_tsc = sleep_once(run, wake, ticks_tsc);

    *sample = (struct sample){.before_tsc = wake->call.before_tsc,
                              .after_tsc = wake->call.after_tsc,
                              .want_tsc = ticks_tsc};
    if (percpu_count(wake->call.counter) != wake->call.counter_was) {
        sample->isr_tsc = run->cpu->wake_tsc;
        sample->cause = WAKE_INTERRUPT;
    }
    settle(run, wake);
    sample->event_tsc = wake->source->remote ? waker_event(&wake->waker) : event_tsc;
    after = look_around(run, wake);
    sample->smi_count = (uint32_t)(after.smi_count - before.smi_count);
    sample->steal_ns = after.steal_ns - before.steal_ns;
    sample->reject = (uint8_t)judge(sample, wake, &before, &after, run->sample_count);
    run->sample_count++;
    run->done = run->sample_count;
}

static void wake_batch(struct run *run)
{
    struct wake *wake = run->state;

    if (wake->empty.count == 0)
        calibrate_empty(run, wake->method, &wake->call, &wake->empty);
    if (wake->awake)
        spinners_start(&wake->spinners, run->machine, run->cpu, wake->waker.cpu);
    if (wake->source->remote)
        waker_start(&wake->waker);
    if (wake->steal)
        kvm_steal_enable(&run->machine->hv, wake->steal);
    if (wake->source->begin)
        wake->source->begin(run->machine);
    do {
        take_sample(run, wake);
    } while (run->sample_count < run->sample_limit && !run_should_return(run));
    run->complete = run->sample_count == run->sample_limit;
    if (wake->source->end)
        wake->source->end(run->machine);
    if (wake->steal)
        kvm_steal_disable(&run->machine->hv);
    if (wake->source->remote)
        waker_stop(&wake->waker);
    if (wake->awake)
        spinners_stop(&wake->spinners);
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

static void wake_finish(struct run *run)
{
    struct wake *wake = run->state;

    calibrate_emit(run, wake->method->name, &wake->empty);
    if (wake->steal)
        report_steal(run);
    result_samples(run, wake->empty.min_tsc, wake->empty.count);
}

static const struct experiment wake = {
    .spec = {.name = "wake",
             .title = "wake latency of an idle method",
             .params = wake_params,
             .param_count = KEY_COUNT,
             .check = wake_check,
             .estimate_ns = wake_estimate_ns,
             .memory_bytes = wake_memory_bytes},
    .question = "how long after the event does a CPU that waits by this method run again?",
    .cpus = 1,
    .prepare = wake_prepare,
    .batch = wake_batch,
    .finish = wake_finish,
};
LAB_EXPERIMENT(wake);
