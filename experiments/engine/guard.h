/* SPDX-License-Identifier: MIT */
/*
 * One batch of an experiment; control always comes back.
 *
 * Boot CPU. The batch runs on run->cpu under the fault guard of that CPU and under the watchdog. After it every CPU is
 * parked again, and the registers that it changed are restored on each; after a bad end local timers are also stopped
 * and pending interrupts cleared.
 */
#ifndef LAB_EXPERIMENTS_ENGINE_GUARD_H
#define LAB_EXPERIMENTS_ENGINE_GUARD_H

#include "arch/x86/irq/fault.h"
#include "experiments/kit/experiment.h"

enum batch_end {
    BATCH_RETURNED,
    BATCH_LOST_WAKE, /* the watchdog found it waiting for a wake */
    BATCH_HANG,      /* the watchdog found it elsewhere, or another CPU did not stop (finding not_parked) */
    BATCH_FAULT,     /* report says which */
};

enum batch_end guard_batch(struct run *run, struct fault_report *report);

/* "lost_wake" and so on, as the `exp` record has it. */
const char *batch_end_name(enum batch_end end);

#endif /* LAB_EXPERIMENTS_ENGINE_GUARD_H */
