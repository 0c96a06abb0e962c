/* SPDX-License-Identifier: MIT */
/*
 * The cost of an instruction, from few samples in little time, and of work that no hypervisor sees, in the same boot.
 *
 * For verdicts (lib/infer/intercept.h), not for figures: the experiment `cost` is the exact one. In batch(), interrupts
 * off.
 */
#ifndef LAB_EXPERIMENTS_KIT_PROBE_H
#define LAB_EXPERIMENTS_KIT_PROBE_H

#include <stdint.h>

#include "lib/infer/intercept.h"

struct apic;
struct idle_call;
struct step;

/* A function that runs `copies` copies of the instruction in question; `before` each sample, NULL: nothing. */
struct probe {
    uint32_t copies;
    void (*copy)(void *operands);
    void (*before)(void *operands);
};

/*
 * Brings an interrupt to this CPU into service; whoever asks ends it (apic_eoi()). Interrupts off, before and behind.
 * False: it did not come, and none is in service.
 */
bool probe_hold_interrupt(const struct apic *apic);

/*
 * Samples until there are 64, or 8 and 4 ms have passed, or 32 ms have; empty_mtsc, the function call's own cost, is
 * taken off each.
 */
struct intercept_cost probe_take(struct step *step, const struct probe *probe, void *operands, int64_t empty_mtsc);

/*
 * The same for a wait whose interrupt is already pending (calibrate.h); `rejected` are those where it was not in time.
 */
struct intercept_cost probe_take_pending(struct step *step, void (*wait)(struct idle_call *call));

/* Fills in `again`, after all the others. */
void probe_reference_again(struct step *step, struct intercept_host *host, int64_t empty_mtsc);

/* Fills in multiply, load and CPUID; returns the cost of an empty call for probe_take(). */
int64_t probe_references(struct step *step, struct intercept_host *host);

#endif /* LAB_EXPERIMENTS_KIT_PROBE_H */
