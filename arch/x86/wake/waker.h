/* SPDX-License-Identifier: MIT */
/*
 * The CPU that wakes another: it gets a due time, waits for it by its TSC, fires, and returns its stamp.
 *
 * One sleeper, one waker. The sleeper asks before it sleeps and reads the answer after it woke; in between they share
 * only one cache line, which only the waker reads, so that the sleeper's wait is not disturbed. The answer comes after
 * the wake was sent: the sleeper waits for it, bounded by the watchdog. Modelled in tests/model/request.pml.
 */
#ifndef LAB_ARCH_WAKE_WAKER_H
#define LAB_ARCH_WAKE_WAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/wake/wake.h"

struct waker {
    struct machine *machine;
    const struct wake_source *source;
    struct percpu *cpu; /* CPU that sends the wake */
    struct percpu *target;
    uint64_t *word;    /* word that a store writes: the target's wake_line, unless another is set before waker_ask() */
    int64_t ahead_tsc; /* the waker's TSC less the sleeper's */
    uint64_t asked __attribute__((aligned(128)));    /* atomic: number of the last request */
    uint64_t due_tsc;                                /* when to fire, sleeper's TSC */
    uint32_t stop;                                   /* atomic */
    uint64_t answered __attribute__((aligned(128))); /* atomic: number of the last answer */
    uint64_t event_tsc;                              /* the stamp before firing, sleeper's TSC */
};

/* Sets up a pair; all CPUs parked. */
void waker_init(struct waker *waker, struct machine *machine, const struct wake_source *source, struct percpu *cpu,
                struct percpu *target);

/*
 * Starts and stops the waker's loop. Called by the sleeper or the boot CPU. stop waits until it is parked; false: it
 * does not park.
 */
bool waker_start(struct waker *waker);
bool waker_stop(struct waker *waker);

/* Sleeper: wake me at that tick of my TSC. */
static inline __attribute__((always_inline)) void waker_ask(struct waker *waker, uint64_t due_tsc)
{
    waker->due_tsc = due_tsc;
    __atomic_store_n(&waker->asked, waker->asked + 1, __ATOMIC_RELEASE);
}

/* Sleeper: waits for the answer to the last request and returns when the event was. The watchdog bounds it. */
uint64_t waker_event(const struct waker *waker);

/* Keeps CPUs busy with PAUSE until told to stop: others=awake. */
struct spinners {
    struct machine *machine;
    uint32_t stop; /* atomic */
};

/* Starts every parked CPU except the two given (either may be NULL), and stops them again. */
void spinners_start(struct spinners *spinners, struct machine *machine, const struct percpu *but1,
                    const struct percpu *but2);
bool spinners_stop(struct spinners *spinners);

#endif /* LAB_ARCH_WAKE_WAKER_H */
