/* SPDX-License-Identifier: MIT */
/* What a processor lacks for an idle method, and whether it does what it says. */
#ifndef LAB_EXPERIMENTS_KIT_GATE_H
#define LAB_EXPERIMENTS_KIT_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86/cpuid_regs.h"

struct cpu_snapshot;
struct idle_method;
struct run;

enum { METHODS_CAUSE_BYTES = 64 };

/*
 * NULL where the processor lists that CPUID bit (leaf 0: none is needed), else "needs ..." written into cause. Boot
 * CPU.
 */
const char *methods_missing(const struct cpu_snapshot *snapshot, struct cpuid_field need,
                            char cause[METHODS_CAUSE_BYTES]);

/* The same for a method with that argument, interrupts on or masked, its own check included. */
const char *methods_refuse(const struct cpu_snapshot *snapshot, const struct idle_method *method, uint32_t argument,
                           bool masked, char cause[METHODS_CAUSE_BYTES]);

/*
 * Does the instruction wait at all (idle.h, believe)? Asked without the cap that a script may want, which would end the
 * proof. In batch(), on run->cpu.
 */
bool methods_believed(const struct run *run, const struct idle_method *method);

#endif /* LAB_EXPERIMENTS_KIT_GATE_H */
