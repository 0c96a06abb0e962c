/* SPDX-License-Identifier: MIT */
/* The naps of a step (arch/x86/wake/nap.h). */
#ifndef LAB_EXPERIMENTS_KIT_WAIT_H
#define LAB_EXPERIMENTS_KIT_WAIT_H

#include "arch/x86/wake/nap.h"
#include "experiments/kit/experiment.h"

/* Sets up naps on run->cpu, woken by run->waker; `nap` is zeroed memory. In prepare(). */
void wait_prepare(const struct run *run, struct nap *nap);

#endif /* LAB_EXPERIMENTS_KIT_WAIT_H */
