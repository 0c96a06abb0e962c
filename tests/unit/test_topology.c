/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/cpu/cpuid.c arch/x86/cpu/topology.c
/*
 * APIC ids of recorded machines land where another program, or the emulator's configuration, says they are.
 *
 * Numbers may differ (another program numbers cores densely), so what is compared is who shares a package and who
 * shares a core.
 */
#include "arch/x86/cpu/topology.h"
#include "tests/golden/cpuid/alder_lake.h"
#include "tests/golden/cpuid/bochs_ryzen.h"
#include "tests/golden/cpuid/bochs_spr.h"
#include "tests/golden/cpuid/conroe.h"
#include "tests/golden/cpuid/qemu_kvm.h"
#include "tests/golden/cpuid/qemu_tcg.h"
#include "tests/golden/cpuid/rome_2s.h"
#include "tests/golden/cpuid/sapphire_rapids.h"
#include "tests/golden/cpuid/skylake_2s.h"
#include "tests/golden/cpuid/thuban.h"
#include "tests/golden/cpuid/turin.h"
#include "tests/golden/cpuid/vishera.h"
#include "tests/unit/tap.h"

static bool pair_agrees(const struct topology *t, const struct recorded_place *a, const struct recorded_place *b)
{
    struct cpu_place x = topology_place(t, a->apic_id), y = topology_place(t, b->apic_id);
    enum cpu_relation want = CPU_RELATION_OTHER;
    enum cpu_relation is = topology_relation(&x, &y);
    bool thread_agrees;

    if (a->apic_id == b->apic_id)
        want = CPU_RELATION_SELF;
    else if (a->package == b->package && a->core == b->core)
        want = CPU_RELATION_SIBLING;
    else if (a->package == b->package)
        want = CPU_RELATION_PACKAGE;
    thread_agrees =
        a->apic_id != b->apic_id ? want != CPU_RELATION_SIBLING || x.thread != y.thread : x.thread == y.thread;
    /* The records do not tell modules apart. */
    return (is == CPU_RELATION_MODULE ? CPU_RELATION_PACKAGE : is) == want && thread_agrees;
}

static void check(const struct recorded_cpu *cpu, enum topology_source source)
{
    static struct cpu_snapshot snapshot;
    char name[96];
    struct topology t;
    uint32_t wrong;

    recorded_snapshot(&snapshot, cpu);
    t = topology_read(&snapshot);

    snprintf(name, sizeof(name), "%s_source", cpu->name);
    TAP_STR(topology_source_name(t.source), topology_source_name(source), name);
    wrong = 0;
    for (uint32_t i = 0; i < cpu->place_count; i++)
        for (uint32_t j = 0; j < cpu->place_count; j++)
            wrong += pair_agrees(&t, &cpu->places[i], &cpu->places[j]) ? 0 : 1;
    snprintf(name, sizeof(name), "%s_places_%u", cpu->name, cpu->place_count);
    TAP_INT(wrong, 0, name);
}

/* A Pentium 4 with HT: leaf 1 says two logical processors, leaf 4 one core. Made by hand from the manual's rules. */
static void check_legacy_threads(void)
{
    static const struct cpuid_leaf leaves[] = {
        {0, 0, {5, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {1, 0, {0x00000F41, 0x00020800, 0, UINT32_C(1) << 28}},
        {4, 0, {0x00004121, 0, 0, 0}},
    };
    static const struct recorded_place places[] = {{0, 0, 0, 0}, {1, 0, 0, 1}, {2, 1, 0, 0}};
    static const struct recorded_cpu cpu = {"pentium4_ht", leaves, 3, places, 3};
    check(&cpu, TOPOLOGY_INTEL_LEGACY);
}

/* Thirty-two bit ids, past what leaf 1 can hold. */
static void check_large_ids(void)
{
    static const struct cpuid_leaf leaves[] = {
        {0, 0, {0x1F, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {1, 0, {0x000806F8, 0x34800800, 0, 0}},
        {0x1F, 0, {1, 2, 0x100, 0x1234}},
        {0x1F, 1, {9, 300, 0x201, 0x1234}},
    };
    static const struct recorded_place places[] = {{0x1234, 9, 26, 0}, {0x1235, 9, 26, 1}};
    static const struct recorded_cpu cpu = {"large_ids", leaves, 4, places, 2};
    struct cpu_place place;

    check(&cpu, TOPOLOGY_LEAF_1F);
    place = topology_place(&(struct topology){TOPOLOGY_LEAF_1F, 1, 1, 9}, 0x1235);
    TAP_INT(place.package, 0x1235 >> 9, "large_id_package");
    TAP_INT(place.core, (0x1235 & 0x1FF) >> 1, "large_id_core");
    TAP_INT(place.thread, 1, "large_id_thread");
}

/* A leaf whose shifts go down contradicts itself: the next source is asked. */
static void check_contradiction(void)
{
    static const struct cpuid_leaf leaves[] = {
        {0, 0, {0x0B, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {1, 0, {0x000106A5, 0x00100800, 0, UINT32_C(1) << 28}},
        {4, 0, {0x1C004121, 0, 0, 0}},
        {0x0B, 0, {5, 2, 0x100, 0}},
        {0x0B, 1, {4, 8, 0x201, 0}},
    };
    static const struct recorded_place places[] = {{0, 0, 0, 0}, {1, 0, 0, 1}, {2, 0, 1, 0}};
    static const struct recorded_cpu cpu = {"contradiction", leaves, 5, places, 3};
    check(&cpu, TOPOLOGY_INTEL_LEGACY);
}

/* Dasharo issue 1094: x2APIC entries with the id 17161514h on a notebook; and two-socket ids that are good. */
static void check_plausible(void)
{
    const struct topology notebook = {TOPOLOGY_LEAF_0B, 1, 1, 5}, server = {TOPOLOGY_LEAF_1F, 1, 1, 9}, unknown = {0};

    TAP_OK(!topology_id_plausible(&notebook, 0x17161514), "id_of_damage");
    TAP_OK(topology_id_plausible(&notebook, 0x1F) && topology_id_plausible(&server, 0x3FF), "ids_of_cpus");
    TAP_OK(topology_id_plausible(&unknown, 0x17161514), "id_where_nothing_is_known");
}

static enum cpu_relation relation_of(const struct topology *t, uint32_t a, uint32_t b)
{
    struct cpu_place x = topology_place(t, a), y = topology_place(t, b);

    return topology_relation(&x, &y);
}

/*
 * Modules of four cores, as a Sierra Forest has them (SDM volume 2, CPUID, leaf 1FH: level 3 is a module; the level
 * below it says how far to shift for its number). And AMD's family 15h, whose compute units are two cores.
 */
static void check_modules(void)
{
    static const struct cpuid_leaf leaves[] = {
        {0, 0, {0x1F, 0x756E6547, 0x6C65746E, 0x49656E69}},
        {1, 0, {0x000A06F3, 0x00800800, 0, UINT32_C(1) << 28}},
        {0x1F, 0, {0, 1, 0x100, 0}},
        {0x1F, 1, {2, 4, 0x201, 0}},
        {0x1F, 2, {8, 144, 0x302, 0}},
    };
    static const struct recorded_cpu cpu = {"modules", leaves, 5, NULL, 0};
    static struct cpu_snapshot snapshot;
    struct topology t;

    recorded_snapshot(&snapshot, &cpu);
    t = topology_read(&snapshot);
    TAP_OK(topology_has_modules(&t), "a module's level is found");
    TAP_INT(relation_of(&t, 4, 7), CPU_RELATION_MODULE, "two cores of a module");
    TAP_INT(relation_of(&t, 3, 4), CPU_RELATION_PACKAGE, "and of two modules");
    TAP_INT(relation_of(&t, 3, 0x103), CPU_RELATION_OTHER, "and of two packages");
    recorded_snapshot(&snapshot, &recorded_vishera);
    t = topology_read(&snapshot);
    TAP_INT(relation_of(&t, 2, 3), CPU_RELATION_MODULE, "two cores of a compute unit");
    TAP_INT(relation_of(&t, 1, 2), CPU_RELATION_PACKAGE, "and of two");
    recorded_snapshot(&snapshot, &recorded_turin);
    t = topology_read(&snapshot);
    TAP_OK(!topology_has_modules(&t), "a complex is no module");
}

int main(void)
{
    check_modules();
    check_plausible();
    check(&recorded_sapphire_rapids, TOPOLOGY_LEAF_1F);
    check(&recorded_alder_lake, TOPOLOGY_LEAF_1F);
    check(&recorded_skylake_2s, TOPOLOGY_LEAF_0B);
    check(&recorded_conroe, TOPOLOGY_INTEL_LEGACY);
    check(&recorded_rome_2s, TOPOLOGY_LEAF_0B);
    check(&recorded_turin, TOPOLOGY_LEAF_80000026);
    check(&recorded_thuban, TOPOLOGY_AMD_LEGACY);
    check(&recorded_vishera, TOPOLOGY_AMD_LEGACY);
    check(&recorded_qemu_tcg, TOPOLOGY_LEAF_0B);
    check(&recorded_qemu_kvm, TOPOLOGY_LEAF_0B);
    check(&recorded_bochs_spr, TOPOLOGY_LEAF_0B);
    check(&recorded_bochs_ryzen, TOPOLOGY_AMD_LEGACY);
    check_legacy_threads();
    check_large_ids();
    check_contradiction();
    return tap_done();
}
