/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `after` offer each other. */
#ifndef LAB_EXPERIMENTS_AFTER_PARTS_H
#define LAB_EXPERIMENTS_AFTER_PARTS_H

#include "experiments/after/model.h"

/* after.c */

/* The whole experiment, for the image's section and for the tests that run it against a model. */
extern const struct experiment after_experiment;

/* keys.c */

extern const struct param_spec after_params[KEY_COUNT];

/* Why a combination makes no sense; and what a step will cost, for the plan. Pure. */
const char *after_check(const struct plan_step *plan);
uint64_t after_estimate_ns(const struct plan_step *plan);
uint64_t after_memory_bytes(const struct plan_step *plan);

/* The source that ends `spin` where that one ends the method. Pure. */
const struct wake_source *after_spin_source(const struct wake_source *source);

/* pair.c */

/* Sizes the slices of every work by time. On step->cpu, in the first batch. */
void after_size(struct step *step, struct after *after);

/* The next work behind spin and behind the method, in turns. On step->cpu, in a batch. False: a CPU does not park. */
bool after_pair(struct step *step, struct after *after);

/* report.c */

/* Writes all results. Boot CPU, nothing measuring. */
void after_finish(struct step *step);

/* work.c: the works themselves; a test has a model's work in its place */

/* Prepares what the work touches. False: memory does not suffice. In prepare(). */
bool after_work_prepare(struct step *step, struct after_job *job);

/*
 * Gives it pages of 4 KiB where it needs them. On step->cpu, in the first batch. False: the tables for them are spent.
 */
bool after_work_open(const struct after_job *job);

/* One pass, from the work's first step on, the slices one behind the other. On step->cpu, interrupts off. */
void after_work_pass(const struct after_job *job, const uint32_t *steps, uint32_t slices, bool counts_cycles,
                     struct after_pass *pass);

#endif /* LAB_EXPERIMENTS_AFTER_PARTS_H */
