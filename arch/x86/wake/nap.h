/* SPDX-License-Identifier: MIT */
/*
 * One nap: "sleep once by this method until that source wakes you, and tell me the stamps", and what all other CPUs do
 * meanwhile. The one place where a CPU sleeps to be woken: every experiment on wakes takes its naps here.
 *
 * nap_native.c does it by the idle methods and wake sources. Experiments on C-states use only this and the machine's
 * registers (cpu/msr.h), so a host test can link a model of a machine instead, with its own time. nap_refuse() on the
 * boot CPU; all others on the CPU that sleeps, interrupts off, in a batch.
 */
#ifndef LAB_ARCH_WAKE_NAP_H
#define LAB_ARCH_WAKE_NAP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/idle/idle.h"
#include "arch/x86/idle/sleepers.h"
#include "arch/x86/wake/waker.h"
#include "lib/record/sample.h"

struct machine;
struct percpu;
struct steal_area;

/* A C-state, and what ends it: the part of methods and sources that a model of a machine knows. */
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
    NAP_OTHERS_HLT,   /* parked in HLT, but for the sleeper's core (beside.h) */
    NAP_OTHERS_AWAKE, /* spinning */
    NAP_OTHERS_KINDS,
};

/*
 * Inside an operating system: what happened to the thread between the two calls, outside every window. The second one
 * returns the reasons to reject the sample, and may set its flags.
 */
struct nap_witness {
    void (*begin)(struct percpu *cpu, const struct idle_method *method);
    uint32_t (*end)(struct percpu *cpu, struct sample *sample);
};

/* The caller sets the first four members in zeroed memory, calls nap_choose(), then sets any others. */
struct nap {
    struct machine *machine;
    struct percpu *cpu;  /* CPU that sleeps */
    struct percpu *from; /* CPU that sends the wake where the source is remote; NULL: none can */
    const char *no_from; /* why there is none */
    const struct idle_method *method;
    const struct wake_source *source;
    bool masked;                          /* interrupts stay off */
    bool usual;                           /* the open naps need the short way only: nap_open() */
    void (*wait)(struct idle_call *call); /* the method's window for that */
    void (*window)(void *owner);          /* the caller's own instead, which sets the call's stamps; NULL: none */
    void *owner;
    struct steal_area *steal; /* NULL: the host does not tell */
    uint64_t delay_tsc;       /* planted: how much later the local event comes than it says */
    uint64_t lose;            /* planted: the number of the nap, from 1, whose event is not sent; 0: none */
    uint64_t taken;           /* naps, where one is to be lost */
    uint64_t waits;           /* windows of the method that waited */
    bool awake;               /* the other CPUs spin */
    struct waker waker;
    struct sleepers sleepers; /* how they sleep; method NULL: parked in HLT */
    struct spinners spinners;
    struct idle_call call;
    /* The open naps' C-state, for a model. */
    struct nap_state state;
    enum nap_source by;
    enum nap_others others;
};

/*
 * NULL, or why this machine must not take such naps: CPUID does not list the instruction or the hint (`force` skips
 * this), the source cannot end the wait, or there is no sender.
 */
const char *nap_refuse(const struct nap *nap, const struct nap_state *state, enum nap_source source, bool force);

/* How the CPU sleeps and what wakes it, with interrupts on or masked. Any CPU, between two openings. */
void nap_choose(struct nap *nap, const struct idle_method *method, uint32_t argument, bool masked,
                const struct wake_source *source);

/*
 * From here to nap_close() all naps are of this kind; the waker is started, the other CPUs are put to sleep or awake,
 * steal is counted. nap_close() parks them again; false: one does not park; nothing else may be opened and the batch
 * must end, and the engine finds that CPU.
 */
void nap_open(struct nap *nap);
bool nap_close(struct nap *nap);

/* Chooses and opens naps in a C-state. */
void nap_open_state(struct nap *nap, const struct nap_state *state, enum nap_source source, enum nap_others others);

/*
 * Takes one nap, with the event ticks_tsc ticks away. Fills stamps, cause, steal and flags of a zeroed sample in.
 * Returns the reasons to reject it (sample.h): the event came before it slept (early), something else ended it
 * (spurious), an NMI that was not its wake (nmi), the event of an older nap was taken for its own (skew). The caller
 * judges which of them counts. The caller's watchdog bounds it.
 */
uint32_t nap_take(struct nap *nap, uint64_t ticks_tsc, struct sample *sample);

/* Wakes all CPUs that sleep beside this one, once, by an interrupt; they go back to sleep. NAP_OTHERS_SAME only. */
void nap_wake_others(struct nap *nap);

/* "hlt", "mwait", "ioport"; "timer", "ipi", "store": the words of methods and sources. */
const char *nap_way_name(enum nap_way way);
const char *nap_source_name(enum nap_source source);

#endif /* LAB_ARCH_WAKE_NAP_H */
