/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/placement.h"

#include <stddef.h>

#include "arch/x86/machine.h"
#include "lib/script/plan.h"

static struct percpu *find(const struct machine *machine, const struct percpu *from, enum cpu_relation relation)
{
    /* CPU 0 comes last: it leads the run, and can sleep, but not wake another. */
    for (uint32_t i = 1; i <= machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i % machine->cpu_count];

        if (cpu != from && topology_relation(&from->place, &cpu->place) == relation)
            return cpu;
    }
    return NULL;
}

struct percpu *placement_find(const struct machine *machine, const struct percpu *from, enum cpu_relation relation)
{
    struct percpu *cpu = find(machine, from, relation);

    return cpu || relation != CPU_RELATION_PACKAGE ? cpu : find(machine, from, CPU_RELATION_MODULE);
}

struct percpu *placement_any(const struct machine *machine, const struct percpu *from)
{
    static const enum cpu_relation order[] = {CPU_RELATION_PACKAGE, CPU_RELATION_SIBLING, CPU_RELATION_OTHER};

    for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        struct percpu *cpu = placement_find(machine, from, order[i]);

        if (cpu)
            return cpu;
    }
    return NULL;
}

struct percpu *placement_wished(const struct machine *machine, const struct percpu *from, const struct plan_cpu *wish)
{
    switch (wish->place) {
    case PLAN_CPU_SIBLING:
        return placement_find(machine, from, CPU_RELATION_SIBLING);
    case PLAN_CPU_MODULE:
        return placement_find(machine, from, CPU_RELATION_MODULE);
    case PLAN_CPU_PACKAGE:
        return placement_find(machine, from, CPU_RELATION_PACKAGE);
    case PLAN_CPU_REMOTE:
        return placement_find(machine, from, CPU_RELATION_OTHER);
    case PLAN_CPU_NUMBER:
        if (wish->number >= machine->cpu_count || machine->cpus[wish->number] == from)
            return NULL;
        return machine->cpus[wish->number];
    default:
        return placement_any(machine, from);
    }
}
