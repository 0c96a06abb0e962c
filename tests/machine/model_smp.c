/* SPDX-License-Identifier: MIT */
/*
 * The seam of cpu/smp.h in the model: another CPU does its work at once, with its own registers, and is parked again.
 */
#include "arch/x86/cpu/smp.h"
#include "tests/machine/model.h"

static bool is_deaf(uint32_t cpu)
{
    const struct model_machine *at = model_now();

    return cpu && cpu == at->plan.deaf_cpu && at->naps;
}

bool smp_run(struct machine *machine, struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    struct model_machine *at = model_now();
    uint32_t before = at->running;

    (void)machine;
    if (is_deaf(cpu->index))
        return false;
    at->running = cpu->index;
    fn(argument);
    at->running = before;
    return true;
}

bool smp_parked(const struct percpu *cpu)
{
    return !is_deaf(cpu->index);
}

bool smp_wait(const struct percpu *cpu, uint64_t limit_tsc)
{
    if (smp_parked(cpu))
        return true;
    model_work(limit_tsc);
    return false;
}

bool smp_call(struct machine *machine, struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    return smp_run(machine, cpu, fn, argument) && smp_wait(cpu, 0);
}
