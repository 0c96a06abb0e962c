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
    LATE_US = 1000,   /* on bare metal: not even an SMI takes that half of the time; a guest has deadline_lost_us() */
    ALL_US = 2000000, /* for all CPUs */
    CPU_US = 1000000, /* for one: half of smp_call()'s limit */
};

/* What one CPU is asked to do. */
struct task {
    const struct machine *machine;
    struct deadline_tries tries;
};

static uint64_t wait_now_tsc(void *context)
{
    (void)context;
    return tsc_now();
}

/* What one deadline's wait looks at. */
struct wake {
    const struct percpu *cpu;
    uint64_t count;
};

static bool wait_look(void *context)
{
    const struct wake *wake = context;

    sti_nop_cli();
    return percpu_count(&wake->cpu->wake_count) != wake->count;
}

static void try_once(struct task *task, struct percpu *cpu)
{
    const struct machine *machine = task->machine;
    bool guest = hv_is_guest(&machine->hv);
    struct wake wake = {cpu, percpu_count(&cpu->wake_count)};
    const struct deadline_wait wait = {wait_now_tsc, wait_look, &wake};
    uint64_t deadline_tsc = tsc_now() + delay_tsc(machine, AHEAD_US);

    wrmsr(MSR_IA32_TSC_DEADLINE, deadline_tsc);
    if (!deadline_await(&wait, deadline_tsc + delay_tsc(machine, deadline_lost_us(guest)))) {
        wrmsr(MSR_IA32_TSC_DEADLINE, 0);
        task->tries.tried++;
        task->tries.lost++;
        return;
    }
    deadline_note(&task->tries, (int64_t)(percpu_count(&cpu->wake_tsc) - deadline_tsc), delay_tsc(machine, EARLY_US),
                  delay_tsc(machine, guest ? deadline_lost_us(guest) : LATE_US));
}

static void try_this_cpu(void *argument)
{
    struct task *task = argument;
    const struct machine *machine = task->machine;
    uint32_t lost_max = deadline_lost_max(hv_is_guest(&machine->hv));
    uint64_t end_tsc = tsc_now() + delay_tsc(machine, CPU_US);

    apic_timer_setup(&machine->apic, APIC_TIMER_DEADLINE, VECTOR_WAKE_TIMER);
    while (task->tries.tried < DEADLINE_TRIES && task->tries.lost < lost_max && tsc_now() < end_tsc)
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
    untrue = deadline_is_untrue(&task.tries, hv_is_guest(&machine->hv));
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
