/* SPDX-License-Identifier: MIT */
#include "experiments/engine/claim.h"

#include "arch/x86/cpu/placement.h"
#include "lib/fmt.h"
#include "lib/rows/reasons.h"

/* A CPU of another package, because an awake waker keeps its own package awake; else the nearest. Never CPU 0. */
static struct percpu *find_far(const struct machine *machine, const struct percpu *cpu)
{
    struct percpu *far = placement_find(machine, cpu, CPU_RELATION_OTHER);

    if (!far)
        far = placement_any(machine, cpu);
    for (uint32_t i = 1; i < machine->cpu_count && (!far || far->index == 0); i++)
        if (machine->cpus[i] != cpu)
            far = machine->cpus[i];
    return far && far->index ? far : NULL;
}

static struct percpu *find_waker(const struct step *step, enum experiment_waker wanted)
{
    if (wanted == WAKER_FAR)
        return find_far(step->machine, step->cpu);
    if (wanted == WAKER_FROM)
        return placement_wished(step->machine, step->cpu, &plan_find(step->plan, "from")->cpu);
    return placement_any(step->machine, step->cpu);
}

static void claim_waker(struct step *step, enum experiment_waker wanted)
{
    static const char *const nobody[] = {
        [WAKER_ANY] = "no other CPU can send the wake",
        [WAKER_FROM] = "no CPU stands in that relation (from=)",
        [WAKER_FAR] = "no other CPU can send the wake",
    };
    struct percpu *cpu = find_waker(step, wanted);

    if (!cpu)
        step->no_waker = step->machine->cpu_count == 1 ? "needs another CPU, which sends the wake" : nobody[wanted];
    else if (cpu->index == 0)
        step->no_waker = "CPU 0 leads the run and cannot be the waker of another CPU";
    else if (!step->machine->clock.offsets_known)
        step->no_waker = SKIP_NO_OFFSETS;
    else
        step->waker = cpu;
}

const char *claim_cpus(struct step *step, const struct experiment *experiment)
{
    uint64_t number = plan_count(step->plan, "cpu", 0);

    if (step->machine->cpu_count < experiment->cpus) {
        fmt(step->cause, sizeof(step->cause), "needs %u CPUs", experiment->cpus);
        return step->cause;
    }
    if (number >= step->machine->cpu_count)
        return "that CPU does not run (cpu=)";
    step->cpu = step->machine->cpus[number];
    if (experiment->waker != WAKER_NONE)
        claim_waker(step, experiment->waker);
    return NULL;
}
