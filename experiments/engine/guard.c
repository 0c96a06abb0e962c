/* SPDX-License-Identifier: MIT */
#include "experiments/engine/guard.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/hv/steal.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"

enum {
    SILENCE_US = 4 * 1000 * 1000,
    SILENCE_GUEST_US = 8 * 1000 * 1000, /* a host may take a virtual CPU away for seconds */
    RESET_LIMIT_US = 2 * 1000 * 1000,
};

static void batch(void *argument)
{
    struct step *step = argument;

    const struct experiment *experiment = step->plan->spec->owner;

    /* An interrupt that an earlier step or the calibration left must not count as this step's wake. */
    apic_drain(&step->machine->apic);
    experiment->batch(step);
}

/* On CPU 0: the batch itself, or a sleep while another CPU runs it. */
static void lead(void *argument)
{
    struct step *step = argument;

    if (step->cpu->index == 0) {
        batch(step);
        return;
    }
    LAB_ASSERT(smp_run(step->machine, step->cpu, batch, step));
    smp_sleep_until_parked(step->machine, step->cpu);
}

/* Clears what the batch left armed, in service or pending on the running CPU. */
static void reset_cpu(void *argument)
{
    struct machine *machine = argument;

    apic_timer_stop(&machine->apic, &machine->timer);
    apic_drain(&machine->apic);
    msr_restore(&this_cpu()->msr_saves);
    /* A later step will use this memory: the host must not write to it any more. */
    steal_disable(&machine->hv);
}

static void reset_machine(struct machine *machine)
{
    if (!smp_abort_all(machine))
        panic("a CPU does not answer its NMI: the run cannot go on");
    reset_cpu(machine);
    for (uint32_t i = 1; i < machine->cpu_count; i++)
        smp_call(machine, machine->cpus[i], reset_cpu, machine);
}

/*
 * After a batch that returned: waits until every CPU is parked, and restores every changed register. Returns the CPU
 * that still runs, whose registers stay as they are; 0: none does.
 */
static uint32_t settle(struct machine *machine)
{
    uint64_t limit_tsc = delay_tsc(machine, RESET_LIMIT_US);

    msr_restore(&machine->cpus[0]->msr_saves);
    for (uint32_t i = 1; i < machine->cpu_count; i++) {
        struct percpu *cpu = machine->cpus[i];

        if (!smp_wait(cpu, limit_tsc) || (cpu->msr_saves.count && !smp_call(machine, cpu, reset_cpu, machine)))
            return i;
    }
    return 0;
}

/* The first CPU whose own guard caught an exception: it knows more than the CPU that waited for it. */
static const struct work *find_faulted(const struct machine *machine)
{
    for (uint32_t i = 1; i < machine->cpu_count; i++)
        if (machine->cpus[i]->work.end == GUARD_FAULT)
            return &machine->cpus[i]->work;
    return NULL;
}

static enum step_end classify(const struct step *step, enum guard_end own, const struct fault_report *own_report,
                              struct fault_report *report)
{
    const struct work *faulted = find_faulted(step->machine);
    bool thrown_back = step->cpu->index != 0 && step->cpu->work.end == GUARD_WATCHDOG;

    *report = *own_report;
    if (own == GUARD_FAULT)
        return STEP_FAULT;
    if (faulted) {
        *report = faulted->report;
        return STEP_FAULT;
    }
    if (own == GUARD_DONE && !thrown_back)
        return STEP_DONE;
    return __atomic_load_n(&step->waiting, __ATOMIC_ACQUIRE) ? STEP_LOST_WAKE : STEP_HANG;
}

enum step_end guard_batch(struct step *step, struct fault_report *report)
{
    struct machine *machine = step->machine;
    struct fault_report own_report = {0};
    enum guard_end own;
    enum step_end end;
    uint32_t left = 0;
    uint64_t silence_us = machine->hv.bit ? SILENCE_GUEST_US : SILENCE_US;

    watchdog_arm(&machine->watchdog, machine, delay_tsc(machine, silence_us) + 2 * step->silence_tsc);
    own = fault_guard_run(lead, step, &own_report);
    watchdog_disarm(&machine->watchdog, machine);
    if (own != GUARD_DONE)
        smp_abort_all(machine);
    end = classify(step, own, &own_report, report);
    if (end == STEP_DONE)
        left = settle(machine);
    if (left)
        end = STEP_HANG;
    if (end != STEP_DONE)
        reset_machine(machine);
    if (left)
        result_say(step, "not_parked", CONFIDENCE_NONE, "CPU %u still ran when the batch was over", left);
    return end;
}
