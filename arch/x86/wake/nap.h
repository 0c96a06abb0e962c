/* SPDX-License-Identifier: MIT */
/*
 * One nap: "sleep once in this state until that source wakes you, and tell me the stamps", and what all other CPUs do
 * meanwhile.
 *
 * All that experiments on C-states ask of a machine besides its registers (cpu/msr.h). nap_native.c does it by the idle
 * methods and wake sources; a host test links a model of a machine instead, with time of its own. nap_refuse() on the
 * boot CPU; all others on the CPU that sleeps, interrupts off, in a batch.
 */
#ifndef LAB_ARCH_WAKE_NAP_H
#define LAB_ARCH_WAKE_NAP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/idle/idle.h"
#include "arch/x86/idle/sleepers.h"
#include "arch/x86/wake/waker.h"

struct machine;
struct percpu;

enum nap_way {
    NAP_HLT,
    NAP_MWAIT,  /* argument: the hint */
    NAP_IOPORT, /* argument: the port; interrupts stay masked, so there is no stub's stamp */
    NAP_WAYS,
};

struct nap_state {
    enum nap_way way;
    uint32_t argument;
};

enum nap_source {
    NAP_TIMER, /* this CPU's APIC timer */
    NAP_IPI,   /* an interrupt from another CPU */
    NAP_STORE, /* another CPU's store to the monitored line */
    NAP_SOURCES,
};

enum nap_others {
    NAP_OTHERS_SAME,  /* asleep in the same state */
    NAP_OTHERS_HLT,   /* parked in HLT */
    NAP_OTHERS_AWAKE, /* spinning */
    NAP_OTHERS_KINDS,
};

enum nap_end {
    NAP_WOKEN,     /* the event came while it slept */
    NAP_EARLY,     /* the event came before it slept */
    NAP_SPURIOUS,  /* something else ended it */
    NAP_DISTURBED, /* an NMI, or the event of another nap came in between */
};

/* Ticks of the sleeper's TSC. */
struct nap_stamps {
    enum nap_end end;
    uint64_t before_tsc; /* the last stamp before the wait */
    uint64_t event_tsc;  /* when the wake was due (timer) or sent */
    uint64_t isr_tsc;    /* the vector stub; 0: none ran */
    uint64_t after_tsc;  /* behind the wait */
};

struct nap {
    struct machine *machine;
    struct percpu *cpu;
    struct percpu *from; /* who sends IPIs and stores; NULL: none can */
    const char *no_from; /* why not */
    /* Of the nap that is open. */
    struct nap_state state;
    enum nap_source source;
    enum nap_others others;
    const struct idle_method *method;
    const struct wake_source *wake;
    bool masked;
    struct waker waker;
    struct sleepers sleepers;
    struct spinners spinners;
    struct idle_call call;
};

/*
 * NULL, or why this machine must not take such naps: CPUID does not list the instruction or the hint (force does not
 * mind), the source cannot end the wait, or there is no sender.
 */
const char *nap_refuse(const struct nap *nap, const struct nap_state *state, enum nap_source source, bool force);

/*
 * From here to nap_close() all naps are of this kind; the other CPUs are put to sleep or awake. nap_close() parks them
 * again; false: one does not come, so that no other kind may be opened. The batch must end: the engine finds that CPU.
 */
void nap_open(struct nap *nap, const struct nap_state *state, enum nap_source source, enum nap_others others);
bool nap_close(struct nap *nap);

/* One nap, the event so many ticks away. The caller's watchdog bounds it. */
void nap_take(struct nap *nap, uint64_t ticks_tsc, struct nap_stamps *stamps);

/* Wakes all CPUs that sleep beside this one, once, by an interrupt; they go back to sleep. NAP_OTHERS_SAME only. */
void nap_wake_others(struct nap *nap);

/* From the event to the first stamp after it: what leaving the state cost. Meant for NAP_WOKEN. */
static inline int64_t nap_latency_tsc(const struct nap_stamps *stamps)
{
    uint64_t woke_tsc = stamps->isr_tsc && stamps->isr_tsc < stamps->after_tsc ? stamps->isr_tsc : stamps->after_tsc;

    return (int64_t)(woke_tsc - stamps->event_tsc);
}

/* "timer", "ipi", "store". */
const char *nap_source_name(enum nap_source source);

#endif /* LAB_ARCH_WAKE_NAP_H */
