/* SPDX-License-Identifier: MIT */
/*
 * The half of nap.h that executes instructions: the windows are the idle methods' own, the wakes those of the wake
 * sources. The order of asking, arming, looking again and waiting is modelled in tests/model.
 */
#include "arch/x86/wake/nap.h"

#include "arch/x86/cpu/features.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"

enum { LATE_US = 20 * 1000 };

static const char *const way_names[NAP_WAYS] = {[NAP_HLT] = "hlt", [NAP_MWAIT] = "mwait", [NAP_IOPORT] = "ioport"};

const char *nap_refuse(const struct nap *nap, const struct nap_state *state, enum nap_source source, bool force)
{
    const struct cpu_snapshot *snapshot = &nap->machine->snapshot;
    const struct idle_method *method = idle_find(way_names[state->way]);
    const struct wake_source *wake = wake_find(nap_source_name(source));
    const char *problem = NULL;

    if (!(method->ends & (method->wait ? wake->needs : wake->needs_masked)))
        return "this wake source cannot end this wait";
    if (wake->remote && nap->no_from)
        return nap->no_from;
    if (force)
        return NULL;
    if (method->need.leaf && !cpu_has(snapshot, method->need))
        return "CPUID does not list the instruction";
    if (method->check)
        problem = method->check(snapshot, state->argument);
    return problem;
}

void nap_open(struct nap *nap, const struct nap_state *state, enum nap_source source, enum nap_others others)
{
    const struct percpu *waker = NULL;

    nap->state = *state;
    nap->source = source;
    nap->others = others;
    nap->method = idle_find(way_names[state->way]);
    nap->wake = wake_find(nap_source_name(source));
    nap->masked = !nap->method->wait;
    nap->call.argument = state->argument;
    nap->call.watch = wake_watch(nap->cpu, nap->wake->trace);
    nap->call.flush_line = errata_flush_before_monitor(&nap->machine->snapshot);
    if (nap->wake->remote) {
        waker = nap->from;
        waker_init(&nap->waker, nap->machine, nap->wake, nap->from, nap->cpu);
    }
    nap->sleepers.method = nap->method;
    nap->sleepers.argument = state->argument;
    if (others == NAP_OTHERS_SAME)
        sleepers_start(&nap->sleepers, nap->machine, nap->cpu, waker);
    if (others == NAP_OTHERS_AWAKE)
        spinners_start(&nap->spinners, nap->machine, nap->cpu, waker);
    if (waker)
        waker_start(&nap->waker);
    if (nap->wake->begin)
        nap->wake->begin(nap->machine);
}

bool nap_close(struct nap *nap)
{
    bool parked = true;

    if (nap->wake->end)
        nap->wake->end(nap->machine);
    if (nap->wake->remote)
        parked = waker_stop(&nap->waker);
    if (nap->others == NAP_OTHERS_AWAKE)
        parked &= spinners_stop(&nap->spinners);
    if (nap->others == NAP_OTHERS_SAME)
        parked &= sleepers_stop(&nap->sleepers);
    return parked;
}

/* With interrupts masked the wake is pending now and not taken yet. */
static bool is_pending(const struct nap *nap)
{
    const struct apic *apic = &nap->machine->apic;

    return nap->masked && nap->wake->trace == WAKE_TRACE_IRQ &&
           (apic_requested(apic, VECTOR_WAKE_TIMER) || apic_requested(apic, VECTOR_WAKE_IPI));
}

/* The event that is still to come must not fall into the next nap. */
static void settle(const struct nap *nap)
{
    while (!idle_is_over(&nap->call)) {
        sti_nop_cli();
        pause();
    }
}

/*
 * Another CPU's wake cannot be felt before it was sent: what ended this nap is an older one, and its own is on its way.
 * Waits for it, bounded, because there may be none.
 */
static bool took_older(const struct nap *nap, const struct nap_stamps *stamps)
{
    uint64_t bound_tsc = nap->from->tsc_offset_bound + nap->cpu->tsc_offset_bound;
    uint64_t seen = percpu_count(nap->call.watch), start_tsc = tsc_now();
    uint64_t limit_tsc = delay_tsc(nap->machine, LATE_US);

    if (nap_latency_tsc(stamps) >= -(int64_t)bound_tsc)
        return false;
    while (percpu_count(nap->call.watch) == seen && tsc_now() - start_tsc < limit_tsc) {
        sti_nop_cli();
        pause();
    }
    return true;
}

void nap_take(struct nap *nap, uint64_t ticks_tsc, struct nap_stamps *stamps)
{
    uint64_t nmis = percpu_count(&nap->cpu->nmi_count);
    bool woken;

    *stamps = (struct nap_stamps){0};
    nap->call.watch_was = percpu_count(nap->call.watch);
    nap->call.limit_tsc = UINT64_MAX;
    if (nap->wake->remote)
        waker_ask(&nap->waker, tsc_now() + ticks_tsc);
    else
        stamps->event_tsc = nap->wake->arm(nap->machine, ticks_tsc);
    if (nap->masked)
        nap->method->wait_masked(&nap->call);
    else
        nap->method->wait(&nap->call);
    stamps->before_tsc = nap->call.before_tsc;
    stamps->after_tsc = nap->call.after_tsc;
    woken = idle_is_over(&nap->call) || is_pending(nap);
    if (idle_is_over(&nap->call) && !nap->masked)
        stamps->isr_tsc = wake_stamp(nap->cpu, nap->wake->trace);
    settle(nap);
    if (nap->wake->remote)
        stamps->event_tsc = waker_event(&nap->waker);
    if (percpu_count(&nap->cpu->nmi_count) != nmis)
        stamps->end = NAP_DISTURBED;
    /* With interrupts masked the event may have come only while it was looked for. */
    else if (!woken || (nap->masked && stamps->event_tsc > stamps->after_tsc))
        stamps->end = NAP_SPURIOUS;
    else if (stamps->event_tsc <= stamps->before_tsc)
        stamps->end = NAP_EARLY;
    if (nap->wake->remote && woken && took_older(nap, stamps))
        stamps->end = NAP_DISTURBED;
}

void nap_wake_others(struct nap *nap)
{
    apic_send_others(&nap->machine->apic, VECTOR_NOTHING);
}
