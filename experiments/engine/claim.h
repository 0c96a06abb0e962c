/* SPDX-License-Identifier: MIT */
/* Which CPU a step measures on, and which other one may wake it. */
#ifndef LAB_EXPERIMENTS_ENGINE_CLAIM_H
#define LAB_EXPERIMENTS_ENGINE_CLAIM_H

#include "experiments/kit/experiment.h"

/*
 * Sets step->cpu by the key cpu=, where the step has one, and step->waker or step->no_waker as the descriptor wants it.
 * NULL, or why the step must be skipped: too few CPUs, or not that one. Boot CPU, before prepare().
 */
const char *claim_cpus(struct step *step, const struct experiment *experiment);

#endif /* LAB_EXPERIMENTS_ENGINE_CLAIM_H */
