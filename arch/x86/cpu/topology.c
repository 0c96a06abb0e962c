/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/topology.h"

/* ECX[15:8] of a level of leaf 0Bh, 1Fh or 80000026h. Thread and core have the same numbers in the first two. */
enum level_type {
    LEVEL_NONE = 0,
    LEVEL_THREAD = 1,
    LEVEL_CORE = 2,   /* the last of leaf 0Bh */
    LEVEL_MODULE = 3, /* leaf 1Fh */
    LEVEL_DIE_GROUP = 6,
};

/*
 * AMD's leaf 80000026h numbers its levels differently: core (its shift passes the threads), complex, die, socket. A
 * complex shares its third cache and has no idle state that software sees: it is no module.
 */
enum {
    AMD_LEVEL_CORE = 1,
    AMD_LEVEL_SOCKET = 4,
};

enum {
    LEVELS_MAX = 8,
    APIC_ID_BITS = 32,
    AMD_FAMILY_SMT = 0x17, /* before it, 8000001Eh counts the cores of a compute unit, not threads */
};

/* The least n with 2^n >= count. */
static uint32_t bits_for(uint32_t count)
{
    uint32_t bits = 0;
    while (bits < APIC_ID_BITS - 1 && (UINT32_C(1) << bits) < count)
        bits++;
    return bits;
}

/*
 * Leaves with one sub-leaf a level: EAX[4:0] of a level is how far to shift an id to number what lies above it. The
 * thread level's shift numbers cores; the highest level's numbers packages. Where a level holds more processors than
 * its shift can number, its count is used: Bochs 3.0 gives the shift of the level alone. False where the leaf is
 * absent, empty, or contradicts itself.
 */
static bool read_levels(struct topology *topology, const struct cpu_snapshot *snapshot, uint32_t leaf,
                        uint32_t core_level, uint32_t highest_type)
{
    uint32_t core_shift = 0, module_shift = 0, package_shift = 0;
    bool found = false;

    for (uint32_t n = 0; n < LEVELS_MAX; n++) {
        struct cpuid_regs r = cpu_leaf(snapshot, leaf, n, NULL);
        uint32_t type = (r.ecx >> 8) & 0xFF;
        uint32_t shift = r.eax & 0x1F;
        uint32_t processors = r.ebx & 0xFFFF;
        if (type == LEVEL_NONE || type > highest_type || processors == 0)
            break;
        if (shift < bits_for(processors))
            shift = bits_for(processors);
        if (shift < package_shift)
            return false;
        if (type == core_level)
            core_shift = shift;
        /* A level's shift numbers what lies above it: modules are numbered by the level below theirs. */
        if (type == LEVEL_MODULE && leaf == 0x1F)
            module_shift = package_shift;
        package_shift = shift;
        found = true;
    }
    topology->core_shift = core_shift;
    topology->module_shift = module_shift > core_shift ? module_shift : core_shift;
    topology->package_shift = package_shift;
    return found;
}

/* SDM volume 3A, section 9.9.3.2, the algorithm before leaf 0Bh: leaf 1 counts logical ids, leaf 4 core ids. */
static bool read_intel_legacy(struct topology *topology, const struct cpu_snapshot *snapshot)
{
    uint32_t logical = 1, cores = 1, core_bits;
    if (cpu_has(snapshot, CPUID_HTT))
        logical = cpu_field(snapshot, CPUID_MAX_LOGICAL_IDS);
    if (cpu_has(snapshot, CPUID_CACHE_TYPE))
        cores = cpu_field(snapshot, CPUID_MAX_CORE_IDS) + 1;
    if (logical == 0)
        return false;

    topology->package_shift = bits_for(logical);
    core_bits = bits_for(cores);
    if (core_bits > topology->package_shift)
        topology->package_shift = core_bits;
    topology->core_shift = topology->module_shift = topology->package_shift - core_bits;
    return true;
}

/*
 * AMD APM volume 3, E.4.7: a size of 0 means that the bits are counted from the number of threads. Leaf 1 has that
 * number too (E.3.2); Bochs 3.0 has it right there only.
 */
static bool read_amd_legacy(struct topology *topology, const struct cpu_snapshot *snapshot)
{
    bool listed;
    uint32_t threads, bits, unit_bits;

    cpu_leaf(snapshot, 0x80000008, 0, &listed);
    if (!listed)
        return false;

    bits = cpu_field(snapshot, CPUID_AMD_APIC_ID_BITS);
    if (bits == 0)
        bits = bits_for(cpu_field(snapshot, CPUID_AMD_THREADS) + 1);
    if (cpu_has(snapshot, CPUID_HTT) && bits < bits_for(cpu_field(snapshot, CPUID_MAX_LOGICAL_IDS)))
        bits = bits_for(cpu_field(snapshot, CPUID_MAX_LOGICAL_IDS));
    threads = 1;
    if (cpu_has(snapshot, CPUID_TOPOEXT))
        threads = cpu_field(snapshot, CPUID_AMD_CORE_THREADS) + 1;
    unit_bits = bits_for(threads) < bits ? bits_for(threads) : bits;
    topology->package_shift = bits;
    topology->core_shift = snapshot->family >= AMD_FAMILY_SMT ? unit_bits : 0;
    topology->module_shift = unit_bits;
    return true;
}

struct topology topology_read(const struct cpu_snapshot *snapshot)
{
    struct topology t = {.source = TOPOLOGY_NONE};
    bool amd = snapshot->vendor == CPU_VENDOR_AMD || snapshot->vendor == CPU_VENDOR_HYGON;

    if (amd && read_levels(&t, snapshot, 0x80000026, AMD_LEVEL_CORE, AMD_LEVEL_SOCKET))
        t.source = TOPOLOGY_LEAF_80000026;
    else if (read_levels(&t, snapshot, 0x1F, LEVEL_THREAD, LEVEL_DIE_GROUP))
        t.source = TOPOLOGY_LEAF_1F;
    else if (read_levels(&t, snapshot, 0x0B, LEVEL_THREAD, LEVEL_CORE))
        t.source = TOPOLOGY_LEAF_0B;
    else if (amd && read_amd_legacy(&t, snapshot))
        t.source = TOPOLOGY_AMD_LEGACY;
    else if (!amd && read_intel_legacy(&t, snapshot))
        t.source = TOPOLOGY_INTEL_LEGACY;
    else
        t = (struct topology){.source = TOPOLOGY_NONE};
    return t;
}

bool topology_id_plausible(const struct topology *topology, uint32_t apic_id)
{
    enum { PACKAGES_MAX = 4096 };

    return topology->source == TOPOLOGY_NONE || apic_id >> topology->package_shift < PACKAGES_MAX;
}

struct cpu_place topology_place(const struct topology *topology, uint32_t apic_id)
{
    uint32_t within_package = apic_id & ((UINT32_C(1) << topology->package_shift) - 1);
    return (struct cpu_place){
        .apic_id = apic_id,
        .package = apic_id >> topology->package_shift,
        .module = within_package >> topology->module_shift,
        .core = within_package >> topology->core_shift,
        .thread = apic_id & ((UINT32_C(1) << topology->core_shift) - 1),
    };
}

enum cpu_relation topology_relation(const struct cpu_place *a, const struct cpu_place *b)
{
    if (a->apic_id == b->apic_id)
        return CPU_RELATION_SELF;
    if (a->package != b->package)
        return CPU_RELATION_OTHER;
    if (a->module != b->module)
        return CPU_RELATION_PACKAGE;
    return a->core == b->core ? CPU_RELATION_SIBLING : CPU_RELATION_MODULE;
}

const char *topology_relation_name(enum cpu_relation relation)
{
    static const char *const names[CPU_RELATIONS] = {
        [CPU_RELATION_SELF] = "self",       [CPU_RELATION_SIBLING] = "sibling", [CPU_RELATION_MODULE] = "module",
        [CPU_RELATION_PACKAGE] = "package", [CPU_RELATION_OTHER] = "remote",
    };

    return names[relation];
}

const char *topology_source_name(enum topology_source source)
{
    switch (source) {
    case TOPOLOGY_LEAF_1F:
        return "leaf1f";
    case TOPOLOGY_LEAF_0B:
        return "leaf0b";
    case TOPOLOGY_LEAF_80000026:
        return "leaf80000026";
    case TOPOLOGY_AMD_LEGACY:
        return "amd_legacy";
    case TOPOLOGY_INTEL_LEGACY:
        return "intel_legacy";
    case TOPOLOGY_NONE:
        break;
    }
    return "none";
}
