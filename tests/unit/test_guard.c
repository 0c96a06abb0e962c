/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/engine/guard.c
/*
 * One batch of an experiment, ended in each way: what it is called, and that the registers, timer, interrupts and steal
 * area of every CPU are put back, whatever it leaves. The other CPUs are made up; GS points at the block of the one
 * that runs.
 */
#include "experiments/engine/guard.h"

#include <asm/prctl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "arch/x86/cpu/smp.h"
#include "arch/x86/hv/steal.h"
#include "arch/x86/time/delay.h"
#include "lib/script/plan.h"
#include "tests/unit/tap.h"

enum { CPUS = 3 };

long syscall(long number, ...);

static struct machine machine;
static struct percpu cpus[CPUS];
static struct {
    enum guard_end end; /* of the batch on CPU 0 */
    bool busy;          /* CPU 2 does not park */
    unsigned restored;  /* CPUs whose registers were put back, as bits */
    unsigned steal_off, timer_stopped, drained, aborted_all;
    uint64_t armed_tsc;
    unsigned disarmed;
    const char *said;
} play;
static unsigned running; /* the CPU whose function runs */

uint32_t msr_restore(struct msr_saves *saves)
{
    for (unsigned i = 0; i < CPUS; i++)
        if (saves == &cpus[i].msr_saves)
            play.restored |= 1u << i;
    saves->count = 0;
    return 0;
}

void steal_disable(const struct hv_info *info)
{
    (void)info;
    play.steal_off |= 1u << running;
}

void apic_timer_stop(const struct apic *apic, const struct apic_timer *timer)
{
    (void)apic, (void)timer;
    play.timer_stopped |= 1u << running;
}

void apic_drain(const struct apic *apic)
{
    (void)apic;
    play.drained++;
}

void panic(const char *text)
{
    printf("# %s\n", text);
    exit(1);
}

/* A function on another CPU: GS is that CPU's meanwhile. */
static void run_on(struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    syscall(SYS_arch_prctl, ARCH_SET_GS, cpu);
    running = cpu->index;
    fn(argument);
    running = 0;
    syscall(SYS_arch_prctl, ARCH_SET_GS, &cpus[0]);
}

bool smp_run(struct machine *of, struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    (void)of;
    run_on(cpu, fn, argument);
    return true;
}

void smp_sleep_until_parked(struct machine *of, const struct percpu *cpu)
{
    (void)of, (void)cpu;
}

bool smp_wait(const struct percpu *cpu, uint64_t limit_tsc)
{
    (void)limit_tsc;
    return !(play.busy && cpu->index == 2);
}

bool smp_call(struct machine *of, struct percpu *cpu, void (*fn)(void *argument), void *argument)
{
    (void)of;
    run_on(cpu, fn, argument);
    return true;
}

bool smp_abort_all(struct machine *of)
{
    (void)of;
    play.aborted_all++;
    play.busy = false;
    if (cpus[2].msr_saves.lost) { /* it is on its way to a fault, which comes before the NMI does */
        cpus[2].work.end = GUARD_FAULT;
        cpus[2].work.report.frame.vector = 13;
    }
    return true;
}

void watchdog_arm(struct watchdog *watchdog, struct machine *of, uint64_t limit_tsc)
{
    (void)watchdog, (void)of;
    play.armed_tsc = limit_tsc;
}

void watchdog_disarm(struct watchdog *watchdog, struct machine *of)
{
    (void)watchdog, (void)of;
    play.disarmed++;
}

enum guard_end fault_guard_run(void (*fn)(void *argument), void *argument, struct fault_report *report)
{
    fn(argument);
    if (play.end == GUARD_FAULT)
        report->frame.vector = 6;
    return play.end;
}

/* A tick is a microsecond. */
uint64_t delay_tsc(const struct machine *of, uint64_t us)
{
    (void)of;
    return us;
}

void result_say(struct step *step, const char *id, enum confidence confidence, const char *format, ...)
{
    (void)step, (void)confidence, (void)format;
    play.said = id;
}

/* Changes a register of its own CPU and one of CPU 1. */
static void batch(struct step *step)
{
    step->cpu->msr_saves.count = 1;
    cpus[1].msr_saves.count = 1;
    step->done++;
}

static struct experiment experiment = {.batch = batch};
static struct experiment_spec spec = {.owner = &experiment};
static const struct plan_step plan = {.spec = &spec};
static struct step step;
static struct fault_report report;

static enum step_end run(unsigned cpu, enum guard_end end)
{
    memset(&play, 0, sizeof(play));
    memset(&report, 0, sizeof(report));
    machine.cpu_count = CPUS;
    for (unsigned i = 0; i < CPUS; i++) {
        cpus[i].self = &cpus[i];
        cpus[i].index = i;
        cpus[i].msr_saves.count = 0;
        cpus[i].work.end = GUARD_DONE;
        machine.cpus[i] = &cpus[i];
    }
    step = (struct step){.machine = &machine, .cpu = &cpus[cpu], .plan = &plan};
    syscall(SYS_arch_prctl, ARCH_SET_GS, &cpus[0]);
    play.end = end;
    return guard_batch(&step, &report);
}

static void test_done(void)
{
    TAP_INT(run(0, GUARD_DONE), STEP_DONE, "a batch that returns");
    TAP_OK(step.done == 1 && play.drained > 0, "it ran, with no interrupt of an earlier step");
    TAP_INT(play.restored & 3, 3, "registers are put back on CPU 0 and CPU 1, which changed one");
    TAP_INT(play.aborted_all, 0, "nobody is aborted");
    TAP_INT(play.disarmed, 1, "the watchdog is off");
    TAP_INT(play.armed_tsc, 4000000, "it gave 4 s");
    TAP_INT(run(1, GUARD_DONE), STEP_DONE, "on another CPU");
    TAP_OK(step.done == 1 && (play.restored & 2), "it ran there, and that one's are put back");
    machine.hv.bit = true;
    step.silence_tsc = 0;
    run(0, GUARD_DONE);
    TAP_INT(play.armed_tsc, 8000000, "8 s in a guest");
    machine.hv.bit = false;
}

/* What every CPU must look like after a bad end. */
static void all_reset(const char *name)
{
    TAP_OK(play.restored == 7 && play.timer_stopped == 7 && play.steal_off == 7 && play.aborted_all > 0, name);
}

static void test_bad(void)
{
    TAP_INT(run(0, GUARD_FAULT), STEP_FAULT, "a fault");
    TAP_INT(report.frame.vector, 6, "its report");
    all_reset("all CPUs are reset after a fault");
    TAP_INT(run(0, GUARD_WATCHDOG), STEP_HANG, "a watchdog");
    all_reset("after a watchdog");
}

/* The batch ends badly in the middle of something. */
static void batch_waits(struct step *of)
{
    of->waiting = 1;
}

static void batch_faults_elsewhere(struct step *of)
{
    (void)of;
    cpus[2].work.end = GUARD_FAULT;
    cpus[2].work.report.frame.vector = 13;
}

static void batch_falls_behind(struct step *of)
{
    (void)of;
    cpus[2].msr_saves.lost = 1;
}

static void batch_leaves(struct step *of)
{
    (void)of;
    play.busy = true;
}

static void batch_thrown_back(struct step *of)
{
    of->cpu->work.end = GUARD_WATCHDOG;
}

static enum step_end run_other(void (*fn)(struct step *of), unsigned cpu, enum guard_end end)
{
    static struct experiment other;
    static struct experiment_spec other_spec;
    static struct plan_step other_plan;
    enum step_end how;

    other = (struct experiment){.batch = fn};
    other_spec = (struct experiment_spec){.owner = &other};
    other_plan = (struct plan_step){.spec = &other_spec};
    run(cpu, GUARD_DONE);
    memset(&play, 0, sizeof(play));
    play.end = end;
    step = (struct step){.machine = &machine, .cpu = &cpus[cpu], .plan = &other_plan, .silence_tsc = 500};
    how = guard_batch(&step, &report);
    return how;
}

static void test_ends(void)
{
    TAP_INT(run_other(batch_waits, 0, GUARD_WATCHDOG), STEP_LOST_WAKE, "a watchdog that found it waiting");
    TAP_INT(play.armed_tsc, 4001000, "twice the longest silence was allowed besides");
    TAP_INT(run_other(batch_faults_elsewhere, 0, GUARD_WATCHDOG), STEP_FAULT, "another CPU's fault is the reason");
    TAP_INT(report.frame.vector, 13, "and its report is kept");
    TAP_INT(run_other(batch_falls_behind, 0, GUARD_WATCHDOG), STEP_FAULT, "ends are read when all CPUs have ended");
    cpus[2].msr_saves.lost = 0;
    TAP_INT(run_other(batch_thrown_back, 1, GUARD_DONE), STEP_HANG, "the CPU at work was thrown back");
    TAP_INT(run_other(batch_leaves, 0, GUARD_DONE), STEP_HANG, "a CPU that does not park");
    TAP_STR(play.said, "not_parked", "is said");
    all_reset("and all are reset");
}

int main(void)
{
    test_done();
    test_bad();
    test_ends();
    return tap_done();
}
