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

/* report.c */

/* What the samples say. CPU 0, the others parked. */
void wake_finish(struct step *step);

/* sample.c */

/* One wake, appended to step->samples. On step->cpu, interrupts off. */
void wake_take_sample(struct step *step);

#endif /* LAB_EXPERIMENTS_WAKE_PARTS_H */
