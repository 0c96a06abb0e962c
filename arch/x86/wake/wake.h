// SPDX-License-Identifier: MIT
/*
 * Wake sources: what ends the wait, each in a file of its own.
 *
 * A local source is armed by the sleeper before it sleeps and says when the event is due. A remote one is fired by another CPU, which
 * stamps just before it acts. Stamps are ticks of the CPU that took them.
 */
#ifndef LAB_ARCH_WAKE_WAKE_H
#define LAB_ARCH_WAKE_WAKE_H

#include <stdbool.h>
#include <stdint.h>

struct machine;
struct percpu;

struct wake_source {
    const char *name; /* the word in scripts */
    const char *title;
    bool remote;
    /* On the CPU that will sleep, once before its samples and once after them. Interrupts off. */
    void (*begin)(const struct machine *machine);
    void (*end)(const struct machine *machine);
    /* Local: arms an event in that many ticks and returns when it is due. Sleeper, interrupts off. */
    uint64_t (*arm)(const struct machine *machine, uint64_t ticks_tsc);
    /* Remote: wakes the target and returns the stamp taken just before. Waker. */
    uint64_t (*fire)(const struct machine *machine, const struct percpu *target);
};

#define WAKE_SOURCE(source)                                                                        \
    static const struct wake_source *const wake_entry_##source                                     \
        __attribute__((used, section(".lab.sources"))) = &(source);                                \
    static const char *const wake_word_##source                                                    \
        __attribute__((used, section(".lab.source_words"))) = #source

extern const struct wake_source *const __lab_sources_start[];
extern const struct wake_source *const __lab_sources_end[];
extern const char *const __lab_source_words[];

#endif /* LAB_ARCH_WAKE_WAKE_H */
