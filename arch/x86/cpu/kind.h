/* SPDX-License-Identifier: MIT */
/*
 * Each CPU's own CPUID: on hybrid processors, and where firmware set CPUs up otherwise, they are not alike. CPUs that
 * say the same share a snapshot.
 */
#ifndef LAB_ARCH_CPU_KIND_H
#define LAB_ARCH_CPU_KIND_H

#include <stdint.h>

#include "arch/x86/cpu/cpuid.h"

struct machine;

enum { CPU_KINDS_MAX = 8 }; /* a CPU of one more is taken for one of CPU 0's: cpu_kinds_lost counts it */

/*
 * A checksum of what the lab asks a CPU for: version, features, MWAIT, power, core type. Not of what tells CPUs of one
 * kind apart (APIC ids), nor of bits that follow CR4.
 */
uint32_t cpu_kind_sum(struct cpuid_source source);

/* The same of this CPU. Any CPU, in its start. */
uint32_t cpu_kind_take(void);

/* Gives each CPU its snapshot. Boot CPU, all others parked, their sums taken. */
void cpu_kinds_find(struct machine *machine);

#endif /* LAB_ARCH_CPU_KIND_H */
