/* SPDX-License-Identifier: MIT */
/*
 * Choosing another CPU by its relation to one: sibling thread, another core of its module or package, another package.
 * Pure over the machine.
 */
#ifndef LAB_ARCH_CPU_PLACEMENT_H
#define LAB_ARCH_CPU_PLACEMENT_H

#include "arch/x86/cpu/topology.h"

struct machine;
struct percpu;
struct plan_cpu;

/*
 * The first CPU with that relation to `from`, by number, CPU 0 last; NULL: the machine has none. Another core of the
 * package is one of another module, where there is one.
 */
struct percpu *placement_find(const struct machine *machine, const struct percpu *from, enum cpu_relation relation);

/* The nearest other CPU that is not a sibling, else the sibling, else one of another package. NULL on a single CPU. */
struct percpu *placement_any(const struct machine *machine, const struct percpu *from);

/* The CPU that a script asks for by its relation to `from` or by number; NULL: there is none, or it is `from`. */
struct percpu *placement_wished(const struct machine *machine, const struct percpu *from, const struct plan_cpu *wish);

#endif /* LAB_ARCH_CPU_PLACEMENT_H */
