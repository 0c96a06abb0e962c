/* SPDX-License-Identifier: MIT */
#include "arch/x86/idle/sleepers.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"

enum {
    STOP_TRIES = 2000, /* a method that only interrupts end may just have been entered */
    STOP_TRY_US = 1000,
};

static void sleep(void *argument)
{
    struct sleepers *sleepers = argument;
    const struct idle_method *method = sleepers->method;
    void (*wait)(struct idle_call *) = method->wait ? method->wait : method->wait_masked;
    struct idle_call call = {
        .watch = &sleepers->stop,
        .argument = sleepers->argument,
        .limit_tsc = method->relative_limit ? 0 : UINT64_MAX,
    };
    struct msr_saves *saves = &this_cpu()->msr_saves;
    uint32_t mark = saves->count; /* registers that the step has changed here stay changed while others measure */

    if (method->begin)
        method->begin(saves, 0);
    while (!idle_is_over(&call)) {
        wait(&call);
        sti_nop_cli();
    }
    msr_restore_to(saves, mark);
}

static bool takes(const struct sleepers *sleepers, const struct machine *machine, const struct percpu *cpu)
{
    const struct percpu *beside = sleepers->beside;

    if (beside && topology_relation(&beside->place, &cpu->place) != CPU_RELATION_SIBLING)
        return false;
    return sleepers->force || !idle_refuse(sleepers->method, sleepers->argument, machine_cpuid(machine, cpu));
}

void sleepers_start(struct sleepers *sleepers, struct machine *machine, const struct percpu *but1,
                    const struct percpu *but2)
{
    sleepers->machine = machine;
    sleepers->stop = 0;
    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];

        if (cpu != but1 && cpu != but2 && takes(sleepers, machine, cpu))
            smp_run(machine, cpu, sleep, sleepers);
    }
}

static bool stop_one(const struct sleepers *sleepers, const struct percpu *cpu)
{
    uint64_t try_tsc = delay_tsc(sleepers->machine, STOP_TRY_US);

    for (unsigned i = 0; i < STOP_TRIES; i++) {
        if (smp_parked(cpu))
            return true;
        apic_send_fixed(&sleepers->machine->apic, cpu->apic_id, VECTOR_NOTHING);
        if (smp_wait(cpu, try_tsc))
            return true;
    }
    return false;
}

bool sleepers_stop(struct sleepers *sleepers)
{
    bool all = true;

    __atomic_store_n(&sleepers->stop, 1, __ATOMIC_SEQ_CST);
    for (uint32_t i = 1; i < sleepers->machine->cpu_count; i++) {
        const struct percpu *cpu = sleepers->machine->cpus[i];

        if (cpu != this_cpu() && cpu->work.fn == sleep)
            all &= stop_one(sleepers, cpu);
    }
    return all;
}
