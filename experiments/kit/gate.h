/* SPDX-License-Identifier: MIT */
/* What a processor lacks for an idle method, and whether it does what it says. */
#ifndef LAB_EXPERIMENTS_KIT_GATE_H
#define LAB_EXPERIMENTS_KIT_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/cpuid_regs.h"

struct idle_method;
struct percpu;
struct step;
struct wake_source;

extern const char gate_needs_ring0[]; /* why a step inside Linux is skipped */

/*
 * NULL where the processor lists that CPUID bit (leaf 0: none is needed) or the script says force=yes, else "needs ..."
 * in step->cause. In prepare().
 */
const char *gate_missing(struct step *step, struct cpuid_field need);

/* The same for a method with that argument, interrupts on or masked, its own check included. In prepare(). */
const char *gate_refuse(struct step *step, const struct idle_method *method, uint32_t argument, bool masked);

/* NULL, or why a step inside Linux cannot send that wake. In prepare(). */
const char *gate_refuse_source(const struct step *step, const struct wake_source *source);

/* The same of another CPU, whose own CPUID may say less; interrupts on. After gate_refuse(), in prepare(). */
const char *gate_refuse_on(struct step *step, const struct percpu *cpu, const struct idle_method *method,
                           uint32_t argument);

/*
 * True where the instruction really waits (idle.h, believe). To be called before the script's cap is set, which would
 * end the proof. In batch(), on step->cpu.
 */
bool gate_believed(const struct step *step, const struct idle_method *method);

#endif /* LAB_EXPERIMENTS_KIT_GATE_H */
