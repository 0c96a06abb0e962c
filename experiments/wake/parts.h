/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `wake` offer each other. */
#ifndef LAB_EXPERIMENTS_WAKE_PARTS_H
#define LAB_EXPERIMENTS_WAKE_PARTS_H

#include "experiments/wake/model.h"

/* keys.c */

extern const struct param_spec wake_params[KEY_COUNT];

/* Why a combination makes no sense; and what a step will cost, for the plan. Pure. */
const char *wake_check(const struct plan_step *plan);
uint64_t wake_estimate_ns(const struct plan_step *plan);
uint64_t wake_memory_bytes(const struct plan_step *plan);

/* How many wakes may be warm-up. Pure. */
uint64_t wake_warmup_most(const struct plan_step *plan);

/* report.c */

/* What the samples say. CPU 0, the others parked. */
void wake_finish(struct step *step);

/* sample.c */

/* One wake, appended to step->samples. On step->cpu, interrupts off. */
void wake_take_sample(struct step *step);

/* True where counters' sums have it: it is kept, or the guard's. Pure. */
static inline bool wake_counts(const struct sample *sample)
{
    return sample->reject == REJECT_NONE || sample->reject == REJECT_GUARD;
}

/* warm.c */

/* Prepares the warm-up that the script asks for. False without memory. In prepare(). */
bool wake_warm_prepare(struct step *step, struct wake *wake);

/* Behind a wake of the warm-up that goes on: whether it is over. On step->cpu, between two samples. */
void wake_warm(struct step *step, struct wake *wake);

/* Says when it settled, or that it did not. In finish(). */
void wake_report_warm(struct step *step, const struct wake *wake);

/* wake.c */

/* The whole experiment, for the image's section and for the tests that run it against a model. */
extern const struct experiment wake_experiment;

#endif /* LAB_EXPERIMENTS_WAKE_PARTS_H */
