/* SPDX-License-Identifier: MIT */
/*
 * APIC id to package, core and thread.
 *
 * How the bits of an APIC id divide is read once from the snapshot; placing an id is then arithmetic. Pure: any CPU,
 * any context. Sources: SDM volume 3A, section 9.9; AMD APM volume 3, E.4.7, E.5.3, E.4.17 and 80000026h.
 */
#ifndef LAB_ARCH_CPU_TOPOLOGY_H
#define LAB_ARCH_CPU_TOPOLOGY_H

#include <stdint.h>

#include "arch/x86/cpu/cpuid.h"

enum topology_source {
    TOPOLOGY_NONE, /* no source: every CPU counts as a package of its own */
    TOPOLOGY_LEAF_1F,
    TOPOLOGY_LEAF_0B,
    TOPOLOGY_LEAF_80000026,
    TOPOLOGY_AMD_LEGACY,   /* 80000008h and 8000001Eh */
    TOPOLOGY_INTEL_LEGACY, /* 1 and 4 */
};

struct topology {
    enum topology_source source;
    uint32_t core_shift;    /* bits below it number the thread within its core */
    uint32_t package_shift; /* bits below it number the core and thread within the package */
};

/* Numbers as the APIC id has them: not dense. core counts within the package, thread within the core. */
struct cpu_place {
    uint32_t apic_id;
    uint32_t package;
    uint32_t core;
    uint32_t thread;
};

enum cpu_relation {
    CPU_RELATION_SELF,
    CPU_RELATION_SIBLING, /* same core */
    CPU_RELATION_PACKAGE, /* same package, another core */
    CPU_RELATION_OTHER,
};

struct topology topology_read(const struct cpu_snapshot *snapshot);

/* False for an id whose package number is beyond 4095: damage in a table, not a CPU. */
bool topology_id_plausible(const struct topology *topology, uint32_t apic_id);

struct cpu_place topology_place(const struct topology *topology, uint32_t apic_id);

enum cpu_relation topology_relation(const struct cpu_place *a, const struct cpu_place *b);

/* "leaf1f" and the like, for the log. */
const char *topology_source_name(enum topology_source source);

#endif /* LAB_ARCH_CPU_TOPOLOGY_H */
