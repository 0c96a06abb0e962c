/* SPDX-License-Identifier: MIT */
/* The work of one CPU, given and done: what smp.c is on metal and inside Linux, without the ways to wake a CPU. */
#ifndef LAB_ARCH_CPU_SMP_WORK_H
#define LAB_ARCH_CPU_SMP_WORK_H

#include <stdbool.h>

struct percpu;

/* Hands a parked CPU its work, which whoever calls then wakes it for. False: it is not parked. Boot CPU. */
bool smp_work_give(struct percpu *cpu, void (*fn)(void *argument), void *argument);

/* Does the work that was given, under the fault guard; how it ended is in work.end. The CPU's own, interrupts off. */
void smp_work_do(struct percpu *cpu);

#endif /* LAB_ARCH_CPU_SMP_WORK_H */
