/* SPDX-License-Identifier: MIT */
/* The naps of a step (arch/x86/wake/nap.h). */
#ifndef LAB_EXPERIMENTS_KIT_WAIT_H
#define LAB_EXPERIMENTS_KIT_WAIT_H

#include "arch/x86/wake/nap.h"
#include "experiments/kit/experiment.h"

/* Sets up naps on step->cpu, woken by step->waker; `nap` is zeroed memory. In prepare(). */
void wait_prepare(const struct step *step, struct nap *nap);

/*
 * One nap (nap_take()) into a zeroed sample, under the watchdog: a nap that does not end is a lost wake. Returns the
 * reasons to reject it. On step->cpu, interrupts off, in a batch.
 */
static inline uint32_t wait_take(struct step *step, struct nap *nap, uint64_t ticks_tsc, struct sample *sample)
{
    uint32_t reasons;

    __atomic_store_n(&step->waiting, 1, __ATOMIC_RELAXED);
    reasons = nap_take(nap, ticks_tsc, sample);
    __atomic_store_n(&step->waiting, 0, __ATOMIC_RELAXED);
    return reasons;
}

/*
 * The same in a C-state, into any sample, and judges: sample->reject is none, early, spurious, or what disturbed it
 * (NMI, skew).
 */
void wait_take_state(struct step *step, struct nap *nap, uint64_t ticks_tsc, struct sample *sample);

#endif /* LAB_EXPERIMENTS_KIT_WAIT_H */
