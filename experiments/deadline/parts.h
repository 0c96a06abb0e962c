/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `deadline` offer each other. */
#ifndef LAB_EXPERIMENTS_DEADLINE_PARTS_H
#define LAB_EXPERIMENTS_DEADLINE_PARTS_H

#include "experiments/deadline/model.h"

/* clock.c */

/* Compares waits in a row with another clock. On step->cpu, interrupts off. */
void deadline_compare_clock(struct step *step, struct deadline *deadline);

/* The results, with what follows from them. Boot CPU, nothing measuring. */
void deadline_report_proof(struct step *step, const struct deadline *deadline);
void deadline_report_clock(struct step *step, const struct deadline *deadline);

/* keys.c */

extern const struct param_spec deadline_params[KEY_COUNT];
const char *deadline_check(const struct plan_step *plan);
uint64_t deadline_estimate_ns(const struct plan_step *plan);
uint64_t deadline_memory_bytes(const struct plan_step *plan);

/* report.c */

/* The results, with what follows from them. Boot CPU, nothing measuring. */
void deadline_report(struct step *step, struct deadline *deadline);

/* wait.c */

/*
 * Measures the empty path and the lead; takes waits until all are done or the batch must end. On step->cpu, interrupts
 * off.
 */
void deadline_calibrate(struct step *step, struct deadline *deadline);
void deadline_take_waits(struct step *step, struct deadline *deadline);

/* One wait, counted nowhere; how long it was. On step->cpu, interrupts off. */
int64_t deadline_wait_once(struct step *step, struct deadline *deadline, uint64_t ticks_tsc);

/* Fills in the rows' figures from the waits so far. */
void deadline_sum_rows(struct deadline *deadline);

#endif /* LAB_EXPERIMENTS_DEADLINE_PARTS_H */
