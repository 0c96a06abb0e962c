/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `tick` offer each other. */
#ifndef LAB_EXPERIMENTS_TICK_PARTS_H
#define LAB_EXPERIMENTS_TICK_PARTS_H

#include "experiments/tick/model.h"

/* cpu.c */

/* Work for smp_run(); argument: a lane. Interrupts off; ends when the stretch is over, while ticks arrive. */
void tick_take_stretch(void *argument);

/* exits.c */

/* In a batch, CPU 0. The timer is left stopped. */
void tick_probe_exits(struct step *step, struct tick_exits *exits);

/* report.c */

/* Writes all results. Boot CPU, nothing measuring. */
void tick_finish(struct step *step);

/* training.c */

/*
 * Reports the first ticks of each CPU in order of arrival. Returns how many of each CPU belong to the training phase.
 */
uint32_t tick_report_training(struct step *step, struct tick *tick);

#endif /* LAB_EXPERIMENTS_TICK_PARTS_H */
