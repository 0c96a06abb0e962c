/* SPDX-License-Identifier: MIT */
/*
 * Question: does the lab survive what an experiment may do to it?
 * Method: plant one failure of each kind in a step of its own; the step must end with a record and the next one must
 *   run.
 *   fault: an undefined instruction. hang: a loop with interrupts on. hang_irqoff: with interrupts off. lostwake: HLT,
 *     and nothing is armed. hang_other: another CPU loops with interrupts off. left: the same, and the step returns
 *     without it. null, write_text, run_data, overflow: what the page tables forbid (page 0, writing code, running
 *     data, the stack's guard page, which ends in a double fault). msr_fault, msr_hang: a fault and a hang after
 *     IA32_UMWAIT_CONTROL was changed, which must be as before when the step has ended. The rest test the launchers:
 *     triplefault, silent_reboot (no end record), mute (alive, but nothing more is said).
 * Reached by `selftest=WORD` on the boot command line as well.
 */
#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/msr_gate.h"
#include "arch/x86/power/power_msr_regs.h"
#include "arch/x86/cpu/smp.h"
#include "arch/x86/idle/idle.h"
#include "arch/x86/exit.h"
#include "experiments/kit/experiment.h"

static const char *const plant_words[] = {
    "fault", "hang",       "hang_irqoff", "lostwake", "hang_other", "triplefault", "silent_reboot", "mute",
    "null",  "write_text", "run_data",    "overflow", "left",       "msr_fault",   "msr_hang",      NULL,
};
enum {
    PLANT_FAULT,
    PLANT_HANG,
    PLANT_HANG_IRQOFF,
    PLANT_LOSTWAKE,
    PLANT_HANG_OTHER,
    PLANT_TRIPLEFAULT,
    PLANT_SILENT_REBOOT,
    PLANT_MUTE,
    PLANT_NULL,
    PLANT_WRITE_TEXT,
    PLANT_RUN_DATA,
    PLANT_OVERFLOW,
    PLANT_LEFT,
    PLANT_MSR_FAULT,
    PLANT_MSR_HANG,
};

static const struct param_spec selftest_params[] = {
    /* the failure */
    {"plant", PARAM_CHOICE, plant_words, NULL, 0, 0, .list = true},
};

enum {
    INSN_RET = 0xc3,
    OVERFLOW_DEPTH = 100000,
    UMWAIT_PLANTED = 0xff00,
};

/* The register's values before and while the step had it changed. */
struct selftest {
    uint64_t before, during;
};

static bool changes_msr(const struct step *step)
{
    return step->plan->values[0].choice >= PLANT_MSR_FAULT;
}

static const char *selftest_prepare(struct step *step)
{
    step->total = 1;
    if (changes_msr(step) && !cpu_has(&step->machine->snapshot, CPUID_WAITPKG))
        return "needs IA32_UMWAIT_CONTROL";
    if ((step->plan->values[0].choice == PLANT_HANG_OTHER || step->plan->values[0].choice == PLANT_LEFT) &&
        step->machine->cpu_count < 2)
        return "needs a second CPU";
    return NULL;
}

static void loop(void *argument)
{
    (void)argument;
    for (;;)
        pause();
}

static void lose_wake(struct step *step)
{
    struct idle_call call = {.watch = &step->cpu->wake_count, .watch_was = step->cpu->wake_count};

    step->waiting = 1;
    while (!idle_is_over(&call))
        idle_find("hlt")->wait(&call);
}

static void triple_fault(void)
{
    struct descriptor_pointer none = {0, 0};

    lidt(&none);
    ud2();
}

static void reboot(const struct step *step)
{
    struct exit_machine machine = {.acpi = &step->machine->acpi, .hypervisor = step->machine->hv.kind};

    exit_machine(&machine, EXIT_REBOOT, 0);
}

static void touch(uint64_t address)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    *(volatile uint8_t *)(uintptr_t)address = 0;
}

static void run_data(const struct step *step)
{
    uint8_t *code = (uint8_t *)step->state;

    *code = INSN_RET;
    ((void (*)(void))(uintptr_t)code)();
}

/* The depth is more than any stack here holds; the volatile array keeps the compiler from making a loop of it. */
static uint32_t recurse(uint32_t depth)
{
    volatile uint8_t block[512];

    block[0] = (uint8_t)depth;
    return depth ? recurse(depth - 1) + block[0] : 0;
}

/* By the gate, as experiments do it, and asked for explicitly. */
static void change_msr(struct step *step)
{
    struct selftest *selftest = step->state;
    struct msr_gate gate = {.snapshot = &step->machine->snapshot, .guest_writes = true};
    struct msr_wish wish = {.msr = MSR_IA32_UMWAIT_CONTROL, .mask = UMWAIT_PLANTED};

    msr_read(MSR_IA32_UMWAIT_CONTROL, &selftest->before);
    wish.value = ~selftest->before;
    msr_gate_change(&gate, &step->cpu->msr_saves, &wish);
    msr_read(MSR_IA32_UMWAIT_CONTROL, &selftest->during);
}

static void selftest_batch(struct step *step)
{
    volatile uint64_t nowhere = 0; /* volatile: neither compiler nor checker may know where it points */

    if (changes_msr(step))
        change_msr(step);
    switch (step->plan->values[0].choice) {
    case PLANT_FAULT:
    case PLANT_MSR_FAULT:
        ud2();
    case PLANT_HANG:
        sti();
        loop(NULL);
        break;
    case PLANT_MSR_HANG:
    case PLANT_HANG_IRQOFF:
        loop(NULL);
        break;
    case PLANT_LOSTWAKE:
        lose_wake(step);
        break;
    case PLANT_HANG_OTHER:
        smp_run(step->machine, step->machine->cpus[1], loop, NULL);
        smp_join(step->machine->cpus[1]);
        break;
    case PLANT_LEFT:
        smp_run(step->machine, step->machine->cpus[1], loop, NULL);
        break;
    case PLANT_TRIPLEFAULT:
        triple_fault();
        break;
    case PLANT_SILENT_REBOOT:
        reboot(step);
        break;
    case PLANT_NULL:
        touch(nowhere);
        break;
    case PLANT_WRITE_TEXT:
        touch((uint64_t)(uintptr_t)selftest_batch);
        break;
    case PLANT_RUN_DATA:
        run_data(step);
        break;
    case PLANT_OVERFLOW:
        step->done = recurse(OVERFLOW_DEPTH);
        break;
    default:
        watchdog_disarm(&step->machine->watchdog, step->machine);
        loop(NULL);
        break;
    }
    step->complete = true;
}

static void selftest_finish(struct step *step)
{
    const struct selftest *selftest = step->state;
    uint64_t now = 0;

    if (!changes_msr(step))
        return;
    msr_read(MSR_IA32_UMWAIT_CONTROL, &now);
    result_scalar(step, "msr_before", (int64_t)selftest->before, "count");
    result_scalar(step, "msr_during", (int64_t)selftest->during, "count");
    result_scalar(step, "msr_after", (int64_t)now, "count");
}

static const struct experiment selftest = {
    .spec = {.name = "selftest",
             .params = selftest_params,
             .param_count = sizeof(selftest_params) / sizeof(selftest_params[0])},
    .state_bytes = sizeof(struct selftest),
    .prepare = selftest_prepare,
    .batch = selftest_batch,
    .finish = selftest_finish,
};
LAB_EXPERIMENT(selftest);
