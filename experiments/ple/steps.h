/* SPDX-License-Identifier: MIT */
/*
 * The stamped steps of `ple`: PAUSE, stamp, filler, until the wish of lib/infer/ple_loop.h is met.
 *
 * A step is timed from stamp to stamp: PAUSE, the stamp, and the filler, no memory but the stack. Recording a long step
 * lengthens the next one; that does not matter, because the cause of the long step has ended the loop of PAUSEs
 * already. It needs nothing of the machine but its TSC, so that a unit test runs it too. Any CPU, interrupts off where
 * it measures.
 */
#ifndef LAB_EXPERIMENTS_PLE_STEPS_H
#define LAB_EXPERIMENTS_PLE_STEPS_H

#include "lib/infer/ple_loop.h"

/* Fills in what was seen; a step longer than cut_tsc ends a stretch. */
void ple_steps_run(struct ple_loop *loop, uint64_t cut_tsc);

/* Work of that many rounds, at least 1, about a core cycle each. */
void ple_steps_fill(uint32_t rounds);

#endif /* LAB_EXPERIMENTS_PLE_STEPS_H */
