/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `wake` offer each other. */
#ifndef LAB_EXPERIMENTS_WAKE_PARTS_H
#define LAB_EXPERIMENTS_WAKE_PARTS_H

#include "experiments/wake/model.h"

/* entered.c */

/*
 * Has the threads beside the sleeper sleep as it does where it asks for more than C1 and the script says nothing else:
 * their core would not reach it. In prepare().
 */
void wake_choose_siblings(const struct step *step, struct wake *wake);

/* Says where the state was not entered, and who kept the core from it. In finish(). */
void wake_report_entered(struct step *step, const struct wake *wake);

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

/* wake.c */

/* The whole experiment, for the image's section and for the tests that run it against a model. */
extern const struct experiment wake_experiment;

#endif /* LAB_EXPERIMENTS_WAKE_PARTS_H */
