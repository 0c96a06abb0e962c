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

static struct percpu *find_waker(const struct run *run, enum experiment_waker wanted)
{
    if (wanted == WAKER_FAR)
        return find_far(run->machine, run->cpu);
    if (wanted == WAKER_FROM)
        return placement_wished(run->machine, run->cpu, &plan_find(run->step, "from")->cpu);
    return placement_any(run->machine, run->cpu);
}

static void claim_waker(struct run *run, enum experiment_waker wanted)
{
    static const char *const nobody[] = {
        [WAKER_ANY] = "by=ipi needs another CPU",
        [WAKER_FROM] = "no CPU stands in that relation (from=)",
        [WAKER_FAR] = "no other CPU can send the wake",
    };
    struct percpu *cpu = find_waker(run, wanted);

    if (!cpu)
        run->no_waker = nobody[wanted];
    else if (cpu->index == 0)
        run->no_waker = "CPU 0 leads the run and cannot be the waker of another CPU";
    else if (!run->machine->clock.offsets_known)
        run->no_waker = SKIP_NO_OFFSETS;
    else
        run->waker = cpu;
}

const char *claim_cpus(struct run *run, const struct experiment *experiment)
{
    uint64_t number = plan_count(run->step, "cpu", 0);

    if (run->machine->cpu_count < experiment->cpus) {
        fmt(run->cause, sizeof run->cause, "needs %u CPUs", experiment->cpus);
        return run->cause;
    }
    if (number >= run->machine->cpu_count)
        return "that CPU does not run (cpu=)";
    run->cpu = run->machine->cpus[number];
    if (experiment->waker != WAKER_NONE)
        claim_waker(run, experiment->waker);
    return NULL;
}
