/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `neighbour` offer each other. */
#ifndef LAB_EXPERIMENTS_NEIGHBOUR_PARTS_H
#define LAB_EXPERIMENTS_NEIGHBOUR_PARTS_H

#include "experiments/neighbour/model.h"

/* cpu.c */

/* Work for smp_run(); argument: struct worker, struct idler. Interrupts off. */
void neighbour_work(void *argument);
void neighbour_idle(void *argument);

/* report.c */

/* Writes all results. Boot CPU, nothing measuring. */
void neighbour_finish(struct step *step);

/* round.c */

/* One round. In a batch, on CPU 0. */
void neighbour_round(struct step *step, struct neighbour *n);

#endif /* LAB_EXPERIMENTS_NEIGHBOUR_PARTS_H */
