/* SPDX-License-Identifier: MIT */
/*
 * One batch of an experiment; control always comes back.
 *
 * Boot CPU. The batch runs on step->cpu under the fault guard of that CPU and under the watchdog. After it every CPU is
 * parked again, and the registers that it changed are restored on each; after a bad end local timers are also stopped
 * and pending interrupts cleared.
 */
#ifndef LAB_EXPERIMENTS_ENGINE_GUARD_H
#define LAB_EXPERIMENTS_ENGINE_GUARD_H

#include "arch/x86/irq/fault.h"
#include "experiments/kit/experiment.h"
#include "lib/rows/reasons.h"

/*
 * STEP_DONE where the batch returned; STEP_LOST_WAKE where the watchdog found it waiting for a wake; STEP_HANG where it
 * found it elsewhere, or another CPU did not stop (finding not_parked); STEP_FAULT: report says which.
 */
enum step_end guard_batch(struct step *step, struct fault_report *report);

#endif /* LAB_EXPERIMENTS_ENGINE_GUARD_H */
