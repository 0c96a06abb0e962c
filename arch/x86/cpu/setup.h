/* SPDX-License-Identifier: MIT */
/*
 * What each CPU is told once, before anything is measured on it: to list all its CPUID leaves, and to make LFENCE
 * serialise. Runs on the CPU itself, with the exception table in place.
 */
#ifndef LAB_ARCH_CPU_SETUP_H
#define LAB_ARCH_CPU_SETUP_H

#include <stdbool.h>
#include <stdint.h>

struct cpu_snapshot;
struct percpu;

/*
 * Whether LFENCE waits for all earlier instructions (time/tsc.h needs that). Source: AMD, "Software techniques for
 * managing speculation on AMD processors"; Intel's always does.
 */
enum lfence_kind {
    LFENCE_ALWAYS,  /* CPUID.80000021H:EAX[2], a vendor or a family that knows nothing else */
    LFENCE_WAS_SET, /* MSRC001_1029[1] was set */
    LFENCE_SET,     /* idlelab set it, and it stayed */
    LFENCE_NO,      /* it does not stay: stamps may move */
    LFENCE_GUEST,   /* the hypervisor's matter: not asked */
};

enum lfence_kind lfence_setup(const struct cpu_snapshot *snapshot, bool guest);

/* "always", "was_set", "set", "no", "guest". */
const char *lfence_kind_name(enum lfence_kind kind);

/*
 * Clears IA32_MISC_ENABLE[22], by which firmware hides CPUID leaves above 3 (SDM volume 4, table 2-2), on Intel
 * processors on which it is set. Before the snapshot.
 */
void cpuid_unlimit(void);

/* IA32_TSC_ADJUST as firmware left it; 0 where CPUID lists none. */
int64_t tsc_adjust_read(const struct cpu_snapshot *snapshot);

/*
 * Writes `wanted` where this CPU was found with another value; that moves its TSC by the difference (SDM volume 3B,
 * 18.17.3). Nothing is written where CPUID lists no such register: both are 0 then.
 */
void tsc_adjust_equalise(int64_t found, int64_t wanted);

/* Sets LFENCE up on this CPU and notes in `cpu` what was found. On that CPU, once the hypervisor is known. */
void cpu_setup(struct percpu *cpu);

#endif /* LAB_ARCH_CPU_SETUP_H */
