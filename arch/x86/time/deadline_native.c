/* SPDX-License-Identifier: MIT */
#include "arch/x86/cpu/percpu.h"
#include "arch/x86/cpu/smp.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/machine.h"
#include "arch/x86/time/deadline_check.h"
#include "arch/x86/time/delay.h"
#include "lib/fixed.h"

enum {
    AHEAD_US = 10,
    EARLY_US = 2,     /* the timer counts in ticks of a crystal; this is many of them */
    LATE_US = 1000,   /* on bare metal: not even an SMI takes that half of the time */
    LOST_US = 50000,  /* in a guest everything may be late, and only this is wrong */
    ALL_US = 2000000, /* for all CPUs */
};

/* What one CPU is asked to do. */
struct task {
    const struct machine *machine;
    struct deadline_tries tries;
};

static void try_once(struct task *task, struct percpu *cpu)
{
    const struct machine *machine = task->machine;
    uint64_t count = percpu_count(&cpu->wake_count);
    uint64_t deadline_tsc = tsc_now() + delay_tsc(machine, AHEAD_US);
    uint64_t limit_tsc = deadline_tsc + delay_tsc(machine, LOST_US);

    wrmsr(MSR_IA32_TSC_DEADLINE, deadline_tsc);
    while (percpu_count(&cpu->wake_count) == count && tsc_now() < limit_tsc)
        sti_nop_cli();
    if (percpu_count(&cpu->wake_count) == count) {
        wrmsr(MSR_IA32_TSC_DEADLINE, 0);
        task->tries.tried++;
        task->tries.lost++;
        return;
    }
    deadline_note(&task->tries, (int64_t)(percpu_count(&cpu->wake_tsc) - deadline_tsc), delay_tsc(machine, EARLY_US),
                  delay_tsc(machine, hv_is_guest(&machine->hv) ? LOST_US : LATE_US));
}

static void try_this_cpu(void *argument)
{
    struct task *task = argument;
    const struct machine *machine = task->machine;

    apic_timer_setup(&machine->apic, APIC_TIMER_DEADLINE, VECTOR_WAKE_TIMER);
    while (task->tries.tried < DEADLINE_TRIES && task->tries.lost < DEADLINE_LOST_MAX)
        try_once(task, this_cpu());
    apic_timer_stop(&machine->apic, &machine->timer);
}

static void try_cpu(struct machine *machine, uint32_t i)
{
    struct deadline_check *check = &machine->timer.check;
    struct task task = {.machine = machine};
    bool untrue;

    if (i == 0)
        try_this_cpu(&task);
    else if (!smp_call(machine, machine->cpus[i], try_this_cpu, &task)) {
        smp_abort_all(machine); /* `task` ends here: that CPU must not be about it any more */
        return;
    }
    untrue = deadline_is_untrue(&task.tries);
    if (i == 0 || (untrue && !check->untrue)) {
        check->tries = task.tries;
        check->cpu = i;
    }
    check->cpus++;
    check->untrue += untrue;
}

/* By CPU 0's revision: Linux asks the boot CPU's too. An unknown one is old. */
static void check_revision(struct machine *machine)
{
    const struct cpu_snapshot *snapshot = &machine->snapshot;
    uint32_t needed = errata_deadline_revision(snapshot);

    if (!hv_is_guest(&machine->hv) && (!snapshot->microcode_known || snapshot->microcode < needed))
        machine->timer.check.needed_revision = needed;
}

void deadline_check_all(struct machine *machine)
{
    struct apic_timer *timer = &machine->timer;
    uint64_t begin_tsc = tsc_now(), budget_tsc = delay_tsc(machine, ALL_US);

    if (timer->one_shot != APIC_TIMER_DEADLINE)
        return;
    check_revision(machine);
    for (uint32_t i = 0; i < machine->cpu_count && tsc_now() - begin_tsc < budget_tsc; i++)
        try_cpu(machine, i);
    timer->check.took_us = muldiv_u64(tsc_now() - begin_tsc, 1000000, machine->clock.tsc_hz);
    if ((timer->check.needed_revision || timer->check.untrue) && timer->hz)
        timer->one_shot = APIC_TIMER_ONE_SHOT;
}
