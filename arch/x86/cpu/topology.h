/* SPDX-License-Identifier: MIT */
/*
 * APIC id to package, module, core and thread.
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
    uint32_t module_shift;  /* bits below it number the core and thread within the module; core_shift: no modules */
    uint32_t package_shift; /* bits below it number the core and thread within the package */
};

/*
 * Numbers as the APIC id has them: not dense. module and core count within the package, thread within the core. A
 * module is what Intel's leaf 1Fh calls so (Atom cores with one L2 cache and a C6 of their own), and a compute unit of
 * AMD's family 15h. Without modules each core is one of its own.
 */
struct cpu_place {
    uint32_t apic_id;
    uint32_t package;
    uint32_t module;
    uint32_t core;
    uint32_t thread;
};

/* The nearest first. */
enum cpu_relation {
    CPU_RELATION_SELF,
    CPU_RELATION_SIBLING, /* same core */
    CPU_RELATION_MODULE,  /* same module, another core */
    CPU_RELATION_PACKAGE, /* same package, another module */
    CPU_RELATION_OTHER,
    CPU_RELATIONS,
};

struct topology topology_read(const struct cpu_snapshot *snapshot);

/* False for an id whose package number is beyond 4095: damage in a table, not a CPU. */
bool topology_id_plausible(const struct topology *topology, uint32_t apic_id);

struct cpu_place topology_place(const struct topology *topology, uint32_t apic_id);

enum cpu_relation topology_relation(const struct cpu_place *a, const struct cpu_place *b);

/* "self", "sibling", "module", "package", "remote": the words of scripts and rows. */
const char *topology_relation_name(enum cpu_relation relation);

static inline bool topology_has_modules(const struct topology *topology)
{
    return topology->module_shift > topology->core_shift;
}

/* "leaf1f" and the like, for the log. */
const char *topology_source_name(enum topology_source source);

#endif /* LAB_ARCH_CPU_TOPOLOGY_H */
