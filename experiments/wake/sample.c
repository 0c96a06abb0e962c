/* SPDX-License-Identifier: MIT */
/*
 * One sample of `wake`: look around, arm or ask, wait, look around again, judge.
 *
 * The window itself is the idle method's (arch/x86/idle). The order of asking, arming, looking again and waiting is
 * modelled in tests/model: a wake is never lost by our own fault.
 */
#include "experiments/wake/parts.h"

#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/tsc.h"

enum { LATE_NS = 20 * 1000 * 1000 };

static uint64_t next_interval(struct wake *wake)
{
    const struct plan_interval *i = &wake->interval;

    if (i->shape == PLAN_UNIFORM)
        return prng_range(&wake->prng, i->low, i->high);
    if (i->shape == PLAN_LOG)
        return prng_log_range(&wake->prng, i->low, i->high);
    return i->low;
}

/* Where the limit is not the event it must not end the wait: the watchdog guards it. */
static void set_limit(struct wake *wake, uint64_t ticks_tsc)
{
    bool is_event = !wake->source->remote && !wake->source->arm;

    if (wake->method->relative_limit)
        wake->call.limit_tsc = is_event ? ticks_tsc : 0;
    else
        wake->call.limit_tsc = is_event ? tsc_now() + ticks_tsc : UINT64_MAX;
}

/* Sends off the event and waits for it. Returns when it is due, where that is known by then. */
static uint64_t sleep_once(struct run *run, struct wake *wake, uint64_t ticks_tsc)
{
    uint64_t event_tsc = 0;

    wake->call.watch_was = percpu_count(wake->call.watch);
    wake->call.limited = 0;
    __atomic_store_n(&run->waiting, 1, __ATOMIC_RELAXED);
    set_limit(wake, ticks_tsc);
    if (wake->source->remote)
        waker_ask(&wake->waker, tsc_now() + ticks_tsc);
    else if (wake->source->arm && run->sample_count + 1 != wake->lose)
        event_tsc = wake->source->arm(run->machine, ticks_tsc + wake->delay_tsc) - wake->delay_tsc;
    wake->wait(&wake->call);
    wake->waits += wake->call.after_tsc != wake->call.before_tsc; /* equal: the wake had come before */
    if (!wake->source->remote && !wake->source->arm)
        event_tsc = wake->method->relative_limit ? wake->call.before_tsc + ticks_tsc : wake->call.limit_tsc;
    return event_tsc;
}

/* With interrupts masked the wake is pending now and not taken yet. */
static bool is_pending(const struct run *run, const struct wake *wake)
{
    return wake->masked && wake->source->trace == WAKE_TRACE_IRQ &&
           (apic_requested(&run->machine->apic, VECTOR_WAKE_TIMER) ||
            apic_requested(&run->machine->apic, VECTOR_WAKE_IPI));
}

static enum wake_cause find_cause(const struct run *run, const struct wake *wake, const struct sample *sample)
{
    bool changed = idle_is_over(&wake->call);

    if (wake->source->trace == WAKE_TRACE_NONE)
        return sample->after_tsc >= sample->event_tsc || wake->call.limited ? WAKE_DEADLINE : WAKE_UNKNOWN;
    if (wake->source->trace == WAKE_TRACE_LINE)
        return changed ? WAKE_FLAG : WAKE_UNKNOWN;
    return changed || is_pending(run, wake) ? WAKE_INTERRUPT : WAKE_UNKNOWN;
}

/* The handler of the wake ran inside the window: interrupts were on, or it was an NMI. */
static bool has_stub(const struct wake *wake)
{
    return !wake->masked || wake->source->trace == WAKE_TRACE_NMI;
}

/* The wait may have ended for another reason: the event is still to come, and must not fall into the next sample. */
static void settle(const struct wake *wake)
{
    while (wake->source->trace != WAKE_TRACE_NONE && !idle_is_over(&wake->call)) {
        sti_nop_cli();
        pause();
    }
}

/*
 * Another CPU's wake cannot be felt before it was sent. Where it seems so by more than the TSC offset's bound, the
 * sleeper has taken an older interrupt for it (a software APIC delivers late), and its own is still on its way. A wait
 * that ended for no known reason took nothing: its wake has come since.
 */
static bool came_too_soon(const struct wake *wake, const struct sample *sample)
{
    uint64_t bound_tsc = wake->waker.cpu->tsc_offset_bound + wake->waker.target->tsc_offset_bound;
    int64_t latency_tsc = sample_wake_latency(sample);

    return sample->cause != WAKE_UNKNOWN && latency_tsc != METRIC_NONE && latency_tsc < -(int64_t)bound_tsc;
}

/* Lets the late one come, so that the next sample does not take it for its own; bounded, because there may be none. */
static void take_late(const struct run *run, const struct wake *wake)
{
    uint64_t seen = percpu_count(wake->call.watch);
    uint64_t start_tsc = tsc_now(), limit_tsc = run_tsc(run, LATE_NS);

    while (percpu_count(wake->call.watch) == seen && tsc_now() - start_tsc < limit_tsc) {
        sti_nop_cli();
        pause();
    }
}

/* The order decides which reason is counted where several hold. */
static enum sample_reject judge(const struct sample *sample, const struct wake *wake, uint32_t index)
{
    bool by_nmi = wake->source->trace == WAKE_TRACE_NMI;

    if (index < wake->warmup)
        return REJECT_WARMUP;
    if (wake->after.nmi_count - wake->before.nmi_count > by_nmi)
        return REJECT_NMI;
    if (sample->smi_count)
        return REJECT_SMI;
    if (sample->steal_ns && !wake->method->yields)
        return REJECT_STEAL;
    if (sample->cause == WAKE_UNKNOWN)
        return REJECT_SPURIOUS;
    if (sample->event_tsc <= sample->before_tsc)
        return REJECT_EARLY;
    return wake->source->is_guard ? REJECT_GUARD : REJECT_NONE;
}

static void add_evidence(struct wake *wake, const struct sample *sample)
{
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
        if (evidence_has(&wake->evidence, i))
            wake->evidence_sum[i] += wake->after.value[i] - wake->before.value[i];
    wake->window_sum_tsc += sample->after_tsc - sample->before_tsc;
}

static void fill_evidence(const struct wake *wake, struct sample *sample)
{
    const uint64_t *before = wake->before.value, *after = wake->after.value;

    sample->steal_ns = wake->after.steal_ns - wake->before.steal_ns;
    if (evidence_has(&wake->evidence, EVIDENCE_SMI))
        sample->smi_count = (uint32_t)(after[EVIDENCE_SMI] - before[EVIDENCE_SMI]);
    if (evidence_has(&wake->evidence, EVIDENCE_APERF))
        sample->aperf = after[EVIDENCE_APERF] - before[EVIDENCE_APERF];
    if (evidence_has(&wake->evidence, EVIDENCE_MPERF))
        sample->mperf = after[EVIDENCE_MPERF] - before[EVIDENCE_MPERF];
    for (unsigned i = 0; i < SAMPLE_RESIDENCIES; i++) {
        unsigned counter = EVIDENCE_CC1 + i;

        if (evidence_has(&wake->evidence, counter))
            sample->residency[i] = after[counter] - before[counter];
    }
}

void wake_take_sample(struct run *run)
{
    struct wake *wake = run->state;
    struct sample *sample = &run->samples[run->sample_count];
    uint64_t ticks_tsc = next_interval(wake), event_tsc;

    evidence_read(&wake->evidence, run->cpu, &wake->before);
    event_tsc = sleep_once(run, wake, ticks_tsc);
    *sample = (struct sample){.before_tsc = wake->call.before_tsc,
                              .event_tsc = event_tsc,
                              .after_tsc = wake->call.after_tsc,
                              .want_tsc = ticks_tsc,
                              .flags = wake->call.limited ? SAMPLE_CF : 0};
    sample->cause = (uint8_t)find_cause(run, wake, sample);
    if (idle_is_over(&wake->call) && has_stub(wake))
        sample->isr_tsc = wake_stamp(run->cpu, wake->source->trace);
    settle(wake);
    if (wake->source->remote)
        sample->event_tsc = waker_event(&wake->waker);
    __atomic_store_n(&run->waiting, 0, __ATOMIC_RELAXED);
    evidence_read(&wake->evidence, run->cpu, &wake->after);
    fill_evidence(wake, sample);
    sample->reject = (uint8_t)judge(sample, wake, run->sample_count);
    if (wake->source->remote && came_too_soon(wake, sample)) {
        if (sample->reject == REJECT_NONE)
            sample->reject = REJECT_SKEW;
        take_late(run, wake);
    }
    if (sample->reject == REJECT_NONE || sample->reject == REJECT_GUARD)
        add_evidence(wake, sample);
    run->rejected += sample->reject != REJECT_NONE;
    run->sample_count++;
    run->done = run->sample_count;
}
