/* SPDX-License-Identifier: MIT */
/*
 * The half of nap.h that executes instructions: the windows are the idle methods' own, the wakes those of the wake
 * sources. The order of asking, arming, looking again and waiting is modelled in tests/model: the lab itself never
 * loses a wake.
 */
#include "arch/x86/wake/nap.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/hv/steal.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"
#include "arch/x86/wake/beside.h"

enum { LATE_US = 20 * 1000 };

const char *nap_refuse(const struct nap *nap, const struct nap_state *state, enum nap_source source, bool force)
{
    const struct cpu_snapshot *snapshot = machine_cpuid(nap->machine, nap->cpu);
    const struct idle_method *method = idle_find(nap_way_name(state->way));
    const struct wake_source *wake = wake_find(nap_source_name(source));

    if (!(method->ends & (method->wait ? wake->needs : wake->needs_masked)))
        return "this wake source cannot end this wait";
    if (wake->remote && nap->no_from)
        return nap->no_from;
    if (force)
        return NULL;
    return idle_refuse(method, state->argument, snapshot);
}

void nap_choose(struct nap *nap, const struct idle_method *method, uint32_t argument, bool masked,
                const struct wake_source *source)
{
    nap->method = method;
    nap->source = source;
    nap->masked = masked;
    nap->wait = masked ? method->wait_masked : method->wait;
    nap->call.limit_tsc = method->relative_limit ? 0 : UINT64_MAX; /* never: the watchdog guards the wait */
    nap->call.argument = argument;
    nap->call.watch = wake_watch(nap->cpu, source->trace);
    nap->call.flush_line = errata_flush_before_monitor(machine_cpuid(nap->machine, nap->cpu));
}

void nap_open(struct nap *nap)
{
    const struct percpu *waker = nap->source->remote ? nap->from : NULL;

    if (nap->steal)
        steal_enable(&nap->machine->hv, nap->steal);
    if (nap->sleepers.method)
        sleepers_start(&nap->sleepers, nap->machine, nap->cpu, waker);
    if (nap->awake)
        spinners_start(&nap->spinners, nap->machine, nap->cpu, waker);
    if (waker) {
        waker_init(&nap->waker, nap->machine, nap->source, nap->from, nap->cpu);
        waker_start(&nap->waker);
    }
    if (nap->source->begin)
        nap->source->begin(nap->machine);
    nap->usual =
        nap->source->arm && !nap->masked && !nap->steal && !nap->lose && !nap->delay_tsc && !nap->machine->witness;
}

bool nap_close(struct nap *nap)
{
    bool parked = true;

    if (nap->source->end)
        nap->source->end(nap->machine);
    if (nap->source->remote)
        parked = waker_stop(&nap->waker);
    if (nap->awake)
        parked &= spinners_stop(&nap->spinners);
    if (nap->sleepers.method)
        parked &= sleepers_stop(&nap->sleepers);
    if (nap->steal)
        steal_disable(&nap->machine->hv);
    return parked;
}

void nap_open_state(struct nap *nap, const struct nap_state *state, enum nap_source source, enum nap_others others)
{
    const struct idle_method *method = idle_find(nap_way_name(state->way));

    nap_choose(nap, method, state->argument, !method->wait, wake_find(nap_source_name(source)));
    nap->sleepers.beside = nap_takes_siblings(nap->machine, nap->cpu, state, others) ? nap->cpu : NULL;
    nap->sleepers.method = others == NAP_OTHERS_SAME || nap->sleepers.beside ? method : NULL;
    nap->sleepers.argument = state->argument;
    nap->awake = others == NAP_OTHERS_AWAKE;
    nap_open(nap);
}

static uint64_t stolen_ns(const struct nap *nap)
{
    uint64_t value_ns = 0;

    if (nap->steal)
        steal_ns(&nap->machine->hv, nap->steal, &value_ns);
    return value_ns;
}

/* The method's own limit is the event. */
static bool is_own_limit(const struct nap *nap)
{
    return !nap->source->remote && !nap->source->arm;
}

/*
 * Starts the event and waits for it, with as little as possible in between. Returns when it is due, where that is
 * known.
 */
static uint64_t sleep_once(struct nap *nap, uint64_t ticks_tsc)
{
    struct idle_call *call = &nap->call;
    void (*window)(void *owner) = nap->window;
    bool lost = ++nap->taken == nap->lose;
    uint64_t event_tsc = 0;

    call->watch_was = percpu_count(call->watch);
    call->limited = 0;
    if (is_own_limit(nap))
        call->limit_tsc = nap->method->relative_limit ? ticks_tsc : tsc_now() + ticks_tsc;
    if (nap->source->remote && !lost)
        waker_ask(&nap->waker, tsc_now() + ticks_tsc);
    else if (nap->source->arm && !lost)
        event_tsc = nap->source->arm(nap->machine, ticks_tsc + nap->delay_tsc) - nap->delay_tsc;
    if (window) {
        window(nap->owner);
    } else {
        nap->wait(call);
        nap->waits += call->after_tsc != call->before_tsc; /* equal: the wake had come before */
    }
    /* The planted lost wake never comes: something else ended the wait. The watchdog ends this. */
    if (lost)
        for (;;)
            pause();
    if (is_own_limit(nap))
        event_tsc = nap->method->relative_limit ? call->before_tsc + ticks_tsc : call->limit_tsc;
    return event_tsc;
}

/* With interrupts masked the wake is pending now and not taken yet. */
static bool is_pending(const struct nap *nap)
{
    const struct apic *apic = &nap->machine->apic;

    return nap->masked && nap->source->trace == WAKE_TRACE_IRQ &&
           (apic_requested(apic, VECTOR_WAKE_TIMER) || apic_requested(apic, VECTOR_WAKE_IPI));
}

static enum wake_cause find_cause(const struct nap *nap, const struct sample *sample, bool over)
{
    if (nap->source->trace == WAKE_TRACE_NONE)
        return sample->after_tsc >= sample->event_tsc || nap->call.limited ? WAKE_DEADLINE : WAKE_UNKNOWN;
    if (nap->source->trace == WAKE_TRACE_LINE)
        return over ? WAKE_FLAG : WAKE_UNKNOWN;
    return over || is_pending(nap) ? WAKE_INTERRUPT : WAKE_UNKNOWN;
}

/* The wait may have ended for another reason: the event is still to come, and must not fall into the next nap. */
static void settle(const struct nap *nap)
{
    while (nap->source->trace != WAKE_TRACE_NONE && !idle_is_over(&nap->call)) {
        sti_nop_cli();
        pause();
    }
}

/*
 * Another CPU's wake cannot arrive before it was sent. Where it seems to, by more than the TSC offset's bound, the
 * sleeper took an older interrupt for it (a software APIC delivers late), and its own is still to come. A wait that
 * ended for no known reason took no interrupt: its wake has come since.
 */
static bool took_older(const struct nap *nap, const struct sample *sample)
{
    uint64_t bound_tsc = nap->from->tsc_offset_bound + nap->cpu->tsc_offset_bound;

    return sample->cause != WAKE_UNKNOWN && sample_wake_latency(sample) < -(int64_t)bound_tsc;
}

/* Waits for the late interrupt, or the next nap would take it for its own; bounded, because there may be none. */
static void take_late(const struct nap *nap)
{
    uint64_t seen = percpu_count(nap->call.watch), start_tsc = tsc_now();
    uint64_t limit_tsc = delay_tsc(nap->machine, LATE_US);

    while (percpu_count(nap->call.watch) == seen && tsc_now() - start_tsc < limit_tsc) {
        sti_nop_cli();
        pause();
    }
}

static uint32_t find_reasons(const struct nap *nap, const struct sample *sample, uint64_t nmi_count)
{
    uint32_t reasons = 0;

    if (nmi_count > (nap->source->trace == WAKE_TRACE_NMI))
        reasons |= REASON(REJECT_NMI);
    if (sample->cause == WAKE_UNKNOWN)
        reasons |= REASON(REJECT_SPURIOUS);
    if (sample->event_tsc <= sample->before_tsc)
        reasons |= REASON(REJECT_EARLY);
    if (nap->source->remote && took_older(nap, sample))
        reasons |= REASON(REJECT_SKEW);
    return reasons;
}

/* Any nap. */
static __attribute__((noinline)) uint32_t take_any(struct nap *nap, uint64_t ticks_tsc, struct sample *sample)
{
    const struct nap_witness *witness = nap->machine->witness;
    uint64_t nmi_count = percpu_count(&nap->cpu->nmi_count), stolen_before_ns = stolen_ns(nap);
    enum wake_trace trace = nap->source->trace;
    uint32_t reasons;
    bool over;

    if (witness)
        witness->begin(nap->cpu, nap->method);
    sample->event_tsc = sleep_once(nap, ticks_tsc);
    sample->before_tsc = nap->call.before_tsc;
    sample->after_tsc = nap->call.after_tsc;
    sample->want_tsc = ticks_tsc;
    sample->flags = nap->call.limited ? SAMPLE_CF : 0;
    over = idle_is_over(&nap->call);
    sample->cause = (uint8_t)find_cause(nap, sample, over);
    /* The handler ran inside the window: interrupts were on, or it was an NMI. */
    if (over && (!nap->masked || trace == WAKE_TRACE_NMI))
        sample->isr_tsc = wake_stamp(nap->cpu, trace);
    settle(nap);
    if (nap->source->remote)
        sample->event_tsc = waker_event(&nap->waker);
    sample->steal_ns = steal_between(&nap->machine->hv, stolen_before_ns, stolen_ns(nap));
    reasons = find_reasons(nap, sample, percpu_count(&nap->cpu->nmi_count) - nmi_count);
    if (reasons & REASON(REJECT_SKEW))
        take_late(nap);
    if (witness)
        reasons |= witness->end(nap->cpu, sample);
    return reasons;
}

/*
 * Nearly every nap: the local timer's interrupt ends it, nothing is planted, and no host tells its steal. It says what
 * take_any() says of it (tests/unit/test_nap.c), in a third of the instructions: between two naps each is time that no
 * window has.
 */
static inline uint32_t take_usual(struct nap *nap, uint64_t ticks_tsc, struct sample *sample)
{
    struct idle_call *call = &nap->call;
    uint64_t nmi_count = percpu_count(&nap->cpu->nmi_count), event_tsc;
    uint32_t reasons = 0;

    call->watch_was = percpu_count(&nap->cpu->wake_count);
    call->limited = 0;
    event_tsc = nap->source->arm(nap->machine, ticks_tsc);
    nap->wait(call);
    sample->before_tsc = call->before_tsc;
    sample->event_tsc = event_tsc;
    sample->after_tsc = call->after_tsc;
    sample->want_tsc = ticks_tsc;
    if (call->limited)
        sample->flags = SAMPLE_CF;
    if (call->after_tsc != call->before_tsc)
        nap->waits++;
    if (percpu_count(&nap->cpu->wake_count) != call->watch_was) {
        sample->cause = WAKE_INTERRUPT;
        sample->isr_tsc = percpu_count(&nap->cpu->wake_tsc);
    } else {
        settle(nap);
        reasons = REASON(REJECT_SPURIOUS);
    }
    if (percpu_count(&nap->cpu->nmi_count) != nmi_count)
        reasons |= REASON(REJECT_NMI);
    if (event_tsc <= call->before_tsc)
        reasons |= REASON(REJECT_EARLY);
    return reasons;
}

uint32_t nap_take(struct nap *nap, uint64_t ticks_tsc, struct sample *sample)
{
    if (!nap->usual || nap->window)
        return take_any(nap, ticks_tsc, sample);
    return take_usual(nap, ticks_tsc, sample);
}

void nap_wake_others(struct nap *nap)
{
    apic_send_others(&nap->machine->apic, VECTOR_NOTHING);
}
