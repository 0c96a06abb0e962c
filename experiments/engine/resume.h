/* SPDX-License-Identifier: MIT */
/*
 * A run that goes on where a machine died (boot argument resume=): its records in place of `survey`, which does not run
 * again.
 */
#ifndef LAB_EXPERIMENTS_ENGINE_RESUME_H
#define LAB_EXPERIMENTS_ENGINE_RESUME_H

#include "arch/x86/machine.h"
#include "lib/record/record.h"

/*
 * Writes the facts by which a reader sees whether this is the machine of the steps before: processor, CPUs, hypervisor,
 * TSC frequency, under survey's keys. Boot CPU, nothing measuring.
 */
void resume_identity(struct record_stream *stream, const struct machine *machine);

#endif /* LAB_EXPERIMENTS_ENGINE_RESUME_H */
