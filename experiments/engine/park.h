/* SPDX-License-Identifier: MIT */
/* How the CPUs wait that take no part in a step (cpu/smp.h), and the record of it. Boot CPU, between batches. */
#ifndef LAB_EXPERIMENTS_ENGINE_PARK_H
#define LAB_EXPERIMENTS_ENGINE_PARK_H

#include <stdint.h>

#include "experiments/kit/experiment.h"
#include "lib/record/record.h"

/* As deep as each can where step->park_deep asks for it, and then a record `park` for each state. */
void park_begin(struct record_stream *stream, struct step *step, uint32_t number);

/* In HLT again. */
void park_end(struct step *step);

#endif /* LAB_EXPERIMENTS_ENGINE_PARK_H */
