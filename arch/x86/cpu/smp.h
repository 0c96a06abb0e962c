/* SPDX-License-Identifier: MIT */
/*
 * All the other CPUs: started once, then parked until they are given a function to run.
 *
 * Boot CPU only, except smp_park(). MADT order decides the numbers. smp_start.c starts them, smp.c gives them work.
 */
#ifndef LAB_ARCH_CPU_SMP_H
#define LAB_ARCH_CPU_SMP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/cpu/percpu.h"

struct machine;

/*
 * Starts every CPU of machine->cpus except the first, by way of a page below 1 MiB that the memory map calls usable.
 * Returns how many run (1 where there is no such page); the others are dropped from the list, the rest renumbered.
 * Where one is missing the page stays as it is: that one may still come, at any time, and stays out.
 */
uint32_t smp_start(struct machine *machine);

/* Waits for work and does it, for ever. The CPU's own, once it is online; interrupts off. */
__attribute__((noreturn)) void smp_park(struct percpu *cpu);

/*
 * Gives a parked CPU a function to run under a fault guard, with interrupts off, and wakes it. The CPU must be parked:
 * false where it is not.
 */
bool smp_run(struct machine *machine, struct percpu *cpu, void (*fn)(void *argument), void *argument);

/*
 * For the end of a run in a guest: every other CPU that is parked halts for good, with interrupts off. Some hypervisors
 * take a machine whose CPUs all do so for ended (Xen). One that is not parked stays as it is.
 */
void smp_halt_parked(struct machine *machine);

/* Waits until the CPU is parked again, at most limit_tsc ticks. False: it still runs. Spins with PAUSE. */
bool smp_wait(const struct percpu *cpu, uint64_t limit_tsc);

/* smp_run(), then smp_wait(). False: the CPU was not parked, or after 2 s it may still run the function. */
bool smp_call(struct machine *machine, struct percpu *cpu, void (*fn)(void *argument), void *argument);

/* smp_wait() without a limit: the watchdog ends a function that does not return. */
static inline void smp_join(const struct percpu *cpu)
{
    (void)smp_wait(cpu, UINT64_MAX);
}

/* True where the CPU has ended its function. */
bool smp_parked(const struct percpu *cpu);

/*
 * The same as smp_wait(), but asleep, so that CPU 0 sleeps while another one measures. Only the watchdog bounds it. CPU
 * 0 only.
 */
void smp_sleep_until_parked(struct machine *machine, const struct percpu *cpu);

/* NULL and the MWAIT hint by which a CPU may wait for work, or why in HLT. */
const char *smp_park_hint(const struct machine *machine, const struct percpu *cpu, uint32_t *hint);

/*
 * How CPUs wait for work from now on, CPU 0 in smp_sleep_until_parked() among them: each by the deepest MWAIT hint of
 * its own, where it may (smp_park_hint()), or in HLT again. The CPUs that are parked change over. CPU 0, between
 * batches.
 */
void smp_park_deep(struct machine *machine, bool deep);

/*
 * Ends the guarded call of every CPU that is not parked, by NMI, and waits for them. False: one does not park. CPU 0.
 */
bool smp_abort_all(struct machine *machine);

#endif /* LAB_ARCH_CPU_SMP_H */
