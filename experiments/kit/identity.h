/* SPDX-License-Identifier: MIT */
/*
 * The processor's identity, under the same keys from `survey` and from a run that goes on after it, so that a reader
 * can compare the two.
 */
#ifndef LAB_EXPERIMENTS_KIT_IDENTITY_H
#define LAB_EXPERIMENTS_KIT_IDENTITY_H

#include "arch/x86/machine.h"
#include "experiments/kit/experiment.h"
#include "lib/record/record.h"

/* Vendor, brand, family, model, stepping, microcode where known, CPUs in use. Boot CPU, nothing measuring. */
void identity_emit(struct record_stream *stream, const struct machine *machine);

/* The leaves of CPUID of CPU 0, a record each. */
void identity_report_leaves(struct step *step);

#endif /* LAB_EXPERIMENTS_KIT_IDENTITY_H */
