/* SPDX-License-Identifier: MIT */
/*
 * Wake sources: what ends the wait, each in a file of its own.
 *
 * A local source is armed by the sleeper before it sleeps and says when the event is due. A remote one is fired by
 * another CPU, which stamps just before it acts. Stamps are ticks of the CPU that took them.
 */
#ifndef LAB_ARCH_WAKE_WAKE_H
#define LAB_ARCH_WAKE_WAKE_H

#include <stdbool.h>
#include <stdint.h>

struct machine;
struct percpu;

/* The wake's trace on the sleeper: the word that a poll watches, and the place of the stub's stamp. */
enum wake_trace {
    WAKE_TRACE_IRQ,  /* percpu.wake_count, wake_tsc */
    WAKE_TRACE_NMI,  /* percpu.nmi_count, nmi_tsc */
    WAKE_TRACE_LINE, /* percpu.wake_line; no stub runs */
    WAKE_TRACE_NONE, /* the wait's own end */
};

struct wake_source {
    const char *name; /* the word in scripts */
    bool remote;
    bool privileged; /* needs ring 0 */
    enum wake_trace trace;
    uint32_t needs;        /* enum idle_ends: a method must be ended by one of these, with interrupts on; 0: any */
    uint32_t needs_masked; /* the same with interrupts off */
    bool is_guard;         /* the event is only the guard: nothing should end the wait before it */
    /* On the CPU that will sleep, once before its samples and once after them. Interrupts off. May be NULL. */
    void (*begin)(const struct machine *machine);
    void (*end)(const struct machine *machine);
    /*
     * Local: arms an event in that many ticks and returns when it is due; NULL: the method's own limit is the event.
     * Sleeper, interrupts off.
     */
    uint64_t (*arm)(const struct machine *machine, uint64_t ticks_tsc);
    /* Remote: wakes the target, a store by writing `word`, and returns the stamp taken just before. Waker. */
    uint64_t (*fire)(const struct machine *machine, struct percpu *target, uint64_t *word);
};

#define WAKE_SOURCE(source, word)                                                                                      \
    static const struct wake_source *const wake_entry_##source __attribute__((used, section(".lab.sources"))) =        \
        &(source);                                                                                                     \
    static const char *const wake_word_##source __attribute__((used, section(".lab.source_words"))) = word

extern const struct wake_source *const __lab_sources_start[];
extern const struct wake_source *const __lab_sources_end[];
extern const char *const __lab_source_words[];

/* The source with that word, which must exist. */
const struct wake_source *wake_find(const char *name);

/* The word that changes on this CPU when such a wake has come. */
const uint64_t *wake_watch(const struct percpu *cpu, enum wake_trace trace);

/* The stub's stamp of that wake; 0 where no stub runs. Only after the watched word has changed. */
uint64_t wake_stamp(const struct percpu *cpu, enum wake_trace trace);

#endif /* LAB_ARCH_WAKE_WAKE_H */
