/* SPDX-License-Identifier: MIT */
/*
 * One guarded wait of `monitor`: arm, let something happen, look again, wait with interrupts on, judge.
 *
 * The idle methods' windows (arch/x86/idle) arm and wait in one piece; here something comes between, and the
 * instructions may fault where the script forces them, so that arming and waiting stand here with entries in the
 * exception table. The guard is the local timer: its interrupt ends every wait, whatever the monitor does.
 */
#include "arch/x86/idle/waitpkg.h"
#include "arch/x86/irq/fault.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/tsc.h"
#include "experiments/monitor/parts.h"

enum { PENDING_POLLS = 10000 };

/* Arms the monitor on the watched word's line; 0 or the code of its fault. */
static uint64_t arm(const struct monitor *monitor)
{
    register uint64_t code __asm__("r11") = 0;

    if (monitor->flush_line) {
        mfence();
        clflush(monitor->watch);
        mfence();
    }
    switch (monitor->kind) {
    case KIND_MWAIT:
        __asm__ volatile("1: monitor\n" FAULT_RESUME : "+r"(code) : "a"(monitor->watch), "c"(0), "d"(0) : "memory");
        break;
    case KIND_MWAITX:
        __asm__ volatile("1: monitorx\n" FAULT_RESUME : "+r"(code) : "a"(monitor->watch), "c"(0), "d"(0) : "memory");
        break;
    default: /* umonitor rax, encoded by hand: not every assembler has it enabled */
        __asm__ volatile("1: .byte 0xf3, 0x0f, 0xae, 0xf0\n" FAULT_RESUME
                         : "+r"(code)
                         : "a"(monitor->watch)
                         : "memory");
        break;
    }
    return code;
}

/*
 * sti(); wait(); cli(); 0 or the code of the wait's fault. STI's shadow covers the wait: an interrupt that is pending
 * ends it and cannot come before it (SDM volume 2, STI).
 */
static uint64_t wait(const struct monitor *monitor, uint32_t argument, bool *limited)
{
    register uint64_t code __asm__("r11") = 0;

    *limited = false;
    switch (monitor->kind) {
    case KIND_MWAIT:
        __asm__ volatile(INSN_STI "1: mwait\n" FAULT_RESUME "\n\t" INSN_CLI
                         : "+r"(code)
                         : "a"(argument), "c"(0)
                         : "memory", "cc");
        break;
    case KIND_MWAITX:
        __asm__ volatile(INSN_STI "1: mwaitx\n" FAULT_RESUME "\n\t" INSN_CLI
                         : "+r"(code)
                         : "a"(argument), "b"(0), "c"(0)
                         : "memory", "cc");
        break;
    default: /* umwait edi, with no deadline */
        __asm__ volatile(INSN_STI "1: .byte 0xf2, 0x0f, 0xae, 0xf7\n" FAULT_RESUME "\n\t" INSN_CLI
                         : "+r"(code), "=@ccc"(*limited)
                         : "D"(waitpkg_operand(argument)), "a"(UINT32_MAX), "d"(UINT32_MAX)
                         : "memory");
        break;
    }
    return code;
}

/*
 * The interrupt that will come between must be pending before the monitor is armed: polling for it may exit to a
 * hypervisor.
 */
static void prepare_between(const struct step *step, enum monitor_between between)
{
    const struct apic *apic = &step->machine->apic;

    if (between != BETWEEN_INTERRUPT)
        return;
    apic_send_self(apic, VECTOR_NOTHING);
    for (unsigned i = 0; i < PENDING_POLLS && !apic_requested(apic, VECTOR_NOTHING); i++)
        pause();
}

/* False: the interrupt was not taken here, and would end the wait instead. */
static bool between(const struct step *step, enum monitor_between what)
{
    uint64_t taken = percpu_count(&step->cpu->irq_count);

    if (what == BETWEEN_CPUID)
        (void)cpuid(0, 0);
    if (what != BETWEEN_INTERRUPT)
        return true;
    sti_nop_cli();
    return percpu_count(&step->cpu->irq_count) != taken;
}

static void ask_store(struct monitor *monitor, const struct monitor_case *one)
{
    if (!one->store)
        return;
    monitor->storer.word = (uint64_t *)(void *)(monitor->base + one->offset_bytes);
    waker_ask(&monitor->storer, tsc_now() + monitor->interval_tsc);
}

static void count(struct monitor_case *one, enum monitor_outcome outcome, int64_t slept_tsc)
{
    one->slept_tsc += (uint64_t)slept_tsc;
    one->tries++;
    one->outcomes[outcome]++;
    if (slept_tsc < one->slept_min_tsc)
        one->slept_min_tsc = slept_tsc;
    if (slept_tsc > one->slept_max_tsc)
        one->slept_max_tsc = slept_tsc;
}

/* How the wait ended, except by a fault. `guarded`: the guard's interrupt came. Waits for the storing CPU's answer. */
static enum monitor_outcome judge(const struct monitor *monitor, const struct monitor_case *one, uint64_t before_tsc,
                                  uint64_t after_tsc, bool guarded, bool limited)
{
    bool stored = one->store && waker_event(&monitor->storer) <= after_tsc + monitor->slack_tsc;

    if (guarded)
        return OUTCOME_GUARD;
    if (stored)
        return OUTCOME_STORE;
    if (limited)
        return OUTCOME_LIMITED;
    return after_tsc - before_tsc < monitor->interval_tsc / 2 ? OUTCOME_AT_ONCE : OUTCOME_EARLY;
}

/* A wait of the test for spurious wakes. Time counts only as long as wakes do, so that their rate is right. */
static void note_spurious(struct monitor *monitor, bool guarded, uint64_t before_tsc, uint64_t after_tsc)
{
    if (monitor->spurious_count == SPURIOUS_MAX)
        return;
    monitor->spurious_inside_tsc += after_tsc - before_tsc;
    if (!guarded)
        monitor->spurious_tsc[monitor->spurious_count++] = after_tsc;
}

static void try_once(struct step *step, struct monitor *monitor, struct monitor_case *one)
{
    const struct machine *machine = step->machine;
    uint64_t guards = percpu_count(&step->cpu->wake_count), word = *monitor->watch;
    uint64_t before_tsc, after_tsc;
    enum monitor_outcome outcome;
    bool limited = false, came;

    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_WAKE_TIMER);
    prepare_between(step, one->between);
    __atomic_store_n(&step->waiting, 1, __ATOMIC_RELAXED);
    ask_store(monitor, one);
    apic_timer_arm(&machine->apic, &machine->timer, monitor->guard_tsc);
    monitor->fault_code = one->between == BETWEEN_UNARMED ? 0 : arm(monitor);
    came = between(step, one->between);
    before_tsc = tsc_begin();
    if (came && !monitor->fault_code && __atomic_load_n(monitor->watch, __ATOMIC_ACQUIRE) == word)
        monitor->fault_code = wait(monitor, one->argument, &limited);
    after_tsc = tsc_end();
    guards = percpu_count(&step->cpu->wake_count) - guards;
    apic_timer_stop(&machine->apic, &machine->timer);
    apic_drain(&machine->apic);
    outcome = judge(monitor, one, before_tsc, after_tsc, guards != 0, limited);
    if (!came)
        outcome = OUTCOME_MISSED;
    step->rejected += !came;
    if (monitor->fault_code)
        outcome = OUTCOME_FAULT;
    __atomic_store_n(&step->waiting, 0, __ATOMIC_RELAXED);
    if (monitor->test == TEST_SPURIOUS)
        note_spurious(monitor, outcome == OUTCOME_GUARD, before_tsc, after_tsc);
    monitor->inside_tsc += after_tsc - before_tsc;
    count(one, outcome, (int64_t)(after_tsc - before_tsc));
}

/* A core reaches a state deeper than C1 only with all its threads: the others sleep as this one does. */
static bool needs_siblings(const struct step *step, const struct monitor *monitor, const struct monitor_case *one)
{
    return monitor->test == TEST_HINTS && !hv_is_guest(&step->machine->hv) &&
           idle_core_state(monitor->method, one->argument, step_cpuid(step)) > 1;
}

void monitor_try(struct step *step, struct monitor *monitor, struct monitor_case *one)
{
    bool siblings = needs_siblings(step, monitor, one);
    uint64_t moved[EVIDENCE_COUNT] = {0};

    monitor->siblings.argument = one->argument;
    if (siblings)
        sleepers_start(&monitor->siblings, step->machine, step->cpu, NULL);
    evidence_read(&monitor->evidence, moved);
    try_once(step, monitor, one);
    evidence_since(&monitor->evidence, moved);
    if (siblings)
        sleepers_stop(&monitor->siblings); /* else the engine finds the CPU that does not stop */
    for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
        one->residency[i] += moved[i];
}
