/* SPDX-License-Identifier: MIT */
/* Work for the threads that stand for CPUs. They are parked in a futex on the word that says what they do. */
#include "arch/x86/cpu/smp.h"

#include "arch/linux/os.h"
#include "arch/linux/system.h"
#include "arch/x86/cpu/smp_work.h"
#include "arch/x86/irq/apic.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"

enum {
    ABORT_WAIT_US = 2 * 1000 * 1000,
};

/* The futex word is the low half of the state. */
void smp_park(struct percpu *cpu)
{
    struct work *work = &cpu->work;

    for (;;) {
        uint64_t state;

        while ((state = __atomic_load_n(&work->state, __ATOMIC_ACQUIRE)) != WORK_GIVEN)
            system_futex_wait(&work->state, (uint32_t)state);
        smp_work_do(cpu);
        __atomic_store_n(&work->state, WORK_DONE, __ATOMIC_SEQ_CST);
        if (__atomic_load_n(&cpu->machine->boss_sleeps, __ATOMIC_SEQ_CST))
            system_futex_wake(&work->state);
    }
}

bool smp_run(struct machine *machine, struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    (void)machine;
    if (!smp_work_give(cpu, fn, argument))
        return false;
    system_futex_wake(&cpu->work.state);
    return true;
}

void smp_sleep_until_parked(struct machine *machine, const struct percpu *cpu)
{
    __atomic_store_n(&machine->boss_sleeps, 1, __ATOMIC_SEQ_CST);
    while (!smp_parked(cpu)) {
        uint64_t state = __atomic_load_n(&cpu->work.state, __ATOMIC_SEQ_CST);

        if (state == WORK_GIVEN || state == WORK_RUNNING)
            system_futex_wait(&cpu->work.state, (uint32_t)state);
    }
    __atomic_store_n(&machine->boss_sleeps, 0, __ATOMIC_SEQ_CST);
}

const char *smp_park_hint(const struct machine *machine, const struct percpu *cpu, uint32_t *hint)
{
    (void)machine, (void)cpu, (void)hint;
    return "Linux decides how a CPU sleeps";
}

void smp_park_deep(struct machine *machine, bool deep)
{
    (void)machine, (void)deep;
}

bool smp_abort_all(struct machine *machine)
{
    uint64_t limit_tsc = delay_tsc(machine, ABORT_WAIT_US);
    bool all = true;

    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];

        if (smp_parked(cpu))
            continue;
        __atomic_store_n(&cpu->abort, 1, __ATOMIC_RELEASE);
        apic_send_nmi(&machine->apic, cpu->apic_id);
        all &= smp_wait(cpu, limit_tsc);
    }
    return all;
}
