/* SPDX-License-Identifier: MIT */
/* Chains of dependent instructions on the running CPU (lib/infer/core_clock.h). In a batch, interrupts off. */
#ifndef LAB_EXPERIMENTS_KIT_CORE_CLOCK_H
#define LAB_EXPERIMENTS_KIT_CORE_CLOCK_H

#include "lib/infer/core_clock.h"

struct step;

/* Takes some 100 us on a processor. */
struct core_chains core_clock_take(struct step *step);

#endif /* LAB_EXPERIMENTS_KIT_CORE_CLOCK_H */
