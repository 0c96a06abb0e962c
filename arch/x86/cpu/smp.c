/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/smp.h"

#include "arch/x86/cpu/smp_work.h"
#include "arch/x86/exit.h"
#include "arch/x86/idle/deepest.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/apic.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/delay.h"

enum {
    ABORT_WAIT_US = 2 * 1000 * 1000, /* for all CPUs together, and this for each: */
    ABORT_WAIT_CPU_US = 10 * 1000,
};

/*
 * Waits until that word may be another than `was`, or an interrupt comes, with no gap between check and wait: in HLT
 * only sti_hlt() opens interrupts, MWAIT's window looks once more behind MONITOR. Interrupts off before and after.
 * Whoever changes the word interrupts, too: a store that a monitor loses (erratum MONITOR_LOST) costs nothing.
 */
static void wait_beside(const struct percpu *cpu, const uint64_t *word, uint64_t was)
{
    uint32_t hint = __atomic_load_n(&cpu->park_hint, __ATOMIC_RELAXED);
    struct idle_call call = {.watch = word, .watch_was = was, .argument = hint};

    if (hint == PARK_HLT) {
        sti_hlt();
        cli();
        return;
    }
    call.flush_line = errata_flush_before_monitor(machine_cpuid(cpu->machine, cpu));
    idle_find("mwait")->wait(&call);
}

/* Modelled in tests/model/park.pml and abort.pml. */
void smp_park(struct percpu *cpu)
{
    struct work *work = &cpu->work;

    for (;;) {
        uint64_t state;

        cli();
        while ((state = __atomic_load_n(&work->state, __ATOMIC_ACQUIRE)) != WORK_GIVEN)
            wait_beside(cpu, &work->state, state);
        smp_work_do(cpu);
        /* An interrupt whose handler was ended before its EOI would block the next VECTOR_WORK. */
        if (work->end != GUARD_DONE)
            apic_drain(&cpu->machine->apic);
        /*
         * The order closes the race with smp_sleep_until_parked(): either that sees DONE, or this CPU sees that CPU 0
         * sleeps.
         */
        __atomic_store_n(&work->state, WORK_DONE, __ATOMIC_SEQ_CST);
        if (__atomic_load_n(&cpu->machine->boss_sleeps, __ATOMIC_SEQ_CST))
            apic_send_fixed(&cpu->machine->apic, cpu->machine->cpus[0]->apic_id, VECTOR_NOTHING);
    }
}

bool smp_run(struct machine *machine, struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    if (!smp_work_give(cpu, fn, argument))
        return false;
    apic_send_fixed(&machine->apic, cpu->apic_id, VECTOR_WORK);
    return true;
}

static void halt(void *argument)
{
    (void)argument;
    exit_halt();
}

void smp_halt_parked(struct machine *machine)
{
    for (uint32_t i = 1; hv_is_guest(&machine->hv) && i < machine->cpu_count; i++)
        smp_run(machine, machine->cpus[i], halt, NULL);
}

void smp_sleep_until_parked(struct machine *machine, const struct percpu *cpu)
{
    /* A full barrier between the two: modelled in tests/model/park.pml, mutant PLAIN_BOSS_SLEEPS. */
    __atomic_store_n(&machine->boss_sleeps, 1, __ATOMIC_SEQ_CST);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (;;) {
        uint64_t state = __atomic_load_n(&cpu->work.state, __ATOMIC_ACQUIRE);

        if (state == WORK_IDLE || state == WORK_DONE)
            break;
        wait_beside(machine->cpus[0], &cpu->work.state, state);
    }
    __atomic_store_n(&machine->boss_sleeps, 0, __ATOMIC_SEQ_CST);
}

const char *smp_park_hint(const struct machine *machine, const struct percpu *cpu, uint32_t *hint)
{
    if (machine->park == PARK_WISH_HLT)
        return "park=hlt on the command line";
    if (machine->park == PARK_WISH_AUTO && hv_is_guest(&machine->hv))
        return "a hypervisor or an emulator decides how it sleeps";
    return idle_deepest(&machine->hv, machine_cpuid(machine, cpu), hint);
}

void smp_park_deep(struct machine *machine, bool deep)
{
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];
        uint32_t hint;

        if (!deep || smp_park_hint(machine, cpu, &hint))
            hint = PARK_HLT;
        if (hint == cpu->park_hint)
            continue;
        __atomic_store_n(&cpu->park_hint, hint, __ATOMIC_RELAXED);
        if (i)
            apic_send_fixed(&machine->apic, cpu->apic_id, VECTOR_NOTHING);
    }
}

bool smp_abort_all(struct machine *machine)
{
    uint64_t limit_tsc = delay_tsc(machine, ABORT_WAIT_US + machine->cpu_count * ABORT_WAIT_CPU_US);
    uint64_t start_tsc = rdtsc(), spent_tsc;
    bool all = true;

    __atomic_store_n(&machine->boss_sleeps, 0, __ATOMIC_SEQ_CST);
    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];

        if (smp_parked(cpu))
            continue;
        __atomic_store_n(&cpu->abort, 1, __ATOMIC_RELEASE);
        apic_send_nmi(&machine->apic, cpu->apic_id);
    }
    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        spent_tsc = rdtsc() - start_tsc;
        all &= smp_wait(machine->cpus[i], spent_tsc < limit_tsc ? limit_tsc - spent_tsc : 0);
    }
    return all;
}
