/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/kit/asked.c experiments/kit/entered.c experiments/kit/vitals.c experiments/kit/vitals_rows.c
// UNIT_EXTRA: experiments/wake/*.c experiments/engine/registers.c experiments/engine/claim.c experiments/kit/gate.c
// UNIT_EXTRA: experiments/kit/row.c experiments/kit/siblings.c experiments/kit/time.c experiments/kit/timer_blur.c
// UNIT_EXTRA: experiments/kit/wait.c tests/machine/*.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
// UNIT_EXTRA: arch/x86/cpu/msr_save.c arch/x86/cpu/placement.c arch/x86/cpu/topology.c arch/x86/power/evidence.c
// UNIT_EXTRA: arch/x86/power/power_model.c arch/x86/power/rapl.c arch/x86/time/apic_timer_ratio.c arch/x86/wake/nap.c
// UNIT_EXTRA: arch/x86/power/amd_ports.c arch/x86/wake/beside.c arch/x86/idle/mwait_hints.c
// UNIT_EXTRA: arch/x86/idle/known_states.c arch/x86/idle/monitor_switch.c
/*
 * `wake` with a deep hint, its own code, on machines with threads: the siblings sleep as it does, and where the state
 * was not entered, the step says so.
 */
#include "arch/x86/idle/mwait_hints.h"
#include "arch/x86/power/amd_ports.h"
#include "experiments/kit/entered.h"
#include "experiments/wake/parts.h"

#include "tests/machine/machine_run.h"
#include "tests/unit/tap.h"

static uint8_t hint_state(const struct cpu_snapshot *snapshot, uint32_t hint)
{
    return mwait_hint_target(snapshot, hint).core;
}

static void no_wait(struct idle_call *call)
{
    (void)call;
}

/* The methods and sources that the model knows, as the image's files declare them. */
static const struct idle_method by_hlt = {.name = "hlt", .wait = no_wait};
static const struct idle_method by_mwait = {.name = "mwait",
                                            .need = CPUID_FEATURE(1, 0, ECX, 3),
                                            .check = mwait_hint_problem,
                                            .core_state = hint_state,
                                            .wait = no_wait};
static const struct idle_method by_port = {.name = "ioport", .core_state = amd_port_asks, .wait_masked = no_wait};
static const struct wake_source timer = {.name = "timer"}, ipi = {.name = "ipi", .remote = true};
const struct idle_method *const __lab_methods_start[] = {&by_hlt, &by_mwait, &by_port};
const char *const __lab_method_words[] = {"hlt", "mwait[:0..0xff]", "ioport:1..0xffff", NULL};
const struct wake_source *const __lab_sources_start[] = {&timer, &ipi};
const char *const __lab_source_words[] = {"timer", "ipi", NULL};

const struct idle_method *idle_find(const char *name)
{
    for (unsigned i = 0; i < sizeof(__lab_methods_start) / sizeof(__lab_methods_start[0]); i++)
        if (strcmp(__lab_methods_start[i]->name, name) == 0)
            return __lab_methods_start[i];
    return NULL;
}

/* What needs instructions. */
void calibrate_empty(struct step *step, const struct idle_method *method, bool masked, struct idle_call *call,
                     struct empty_path *empty)
{
    (void)step, (void)method, (void)masked;
    call->limit_tsc = 1; /* as inside Linux: one that is past */
    empty->waits = 1;
}

void calibrate_emit(struct step *step, const char *irq, const char *method, const struct empty_path *empty)
{
    (void)step, (void)irq, (void)method, (void)empty;
}

void result_not_real(struct step *step, const char *how)
{
    (void)step, (void)how;
}

const char result_no_wait[] = "";

static struct model_machine at;
static struct machine_results results;

static void run(const char *model, struct model_shape shape, const char *script)
{
    model_start(&at, model_find(model), &(struct model_plan){.shape = shape});
    TAP_OK(machine_run(&at, &wake_experiment, script, &results) && !results.skipped, script);
}

/* The naps that truly were in the state by that index. */
static bool was_in(unsigned state)
{
    return at.entered[state] == at.naps;
}

static bool says(const char *id, const char *text)
{
    char begin[64];

    snprintf(begin, sizeof(begin), "finding %s ", id);
    return machine_find(&results, begin, text, NULL) != NULL;
}

static void ok(bool good, const char *name)
{
    if (!TAP_OK(good, name))
        machine_print(&results);
}

static const char c6[] = "wake idle=mwait:0x20 interval=2ms samples=20 warmup=2";

static void check_siblings(void)
{
    run("ice_lake_x", (struct model_shape){.threads = 2}, c6);
    ok(was_in(2) && !results.not_entered && !says("sibling_shallow", NULL), "the sibling sleeps by the same hint: C6");
    run("ice_lake_x", (struct model_shape){.threads = 2},
        "wake idle=mwait:0x20 asleep=hlt interval=2ms samples=20 warmup=2");
    ok(was_in(0) && results.not_entered == 6 && says("not_entered", " 0 % ") && says("sibling_shallow", "shallower"),
       "asleep=hlt: C1 under C6's name is found");
    run("ice_lake_x", (struct model_shape){.threads = 2, .unstarted = 2}, c6);
    ok(was_in(0) && results.not_entered == 6 && says("sibling_shallow", "does not run"), "a sibling in firmware's HLT");
    run("ice_lake_x", (struct model_shape){.threads = 2},
        "wake idle=mwait:0x20 cpu=1 interval=2ms samples=20 warmup=2");
    ok(was_in(0) && results.not_entered == 6 && says("sibling_shallow", "CPU 0"), "CPU 0 as the sibling");
    run("ice_lake_x", (struct model_shape){.threads = 2},
        "wake idle=mwait:0x20 by=ipi from=sibling interval=2ms samples=20 warmup=2");
    ok(results.not_entered == 6 && says("sibling_shallow", "send the wakes"), "the sender as the sibling");
    run("ice_lake_x", (struct model_shape){.threads = 2},
        "wake idle=mwait:0x20 by=ipi others=awake interval=2ms samples=20 warmup=2");
    ok(results.not_entered == 6 && says("sibling_shallow", "kept awake"), "others=awake");
    run("ice_lake_x", (struct model_shape){.threads = 2}, "wake idle=mwait:0x1 interval=2ms samples=20 warmup=2");
    ok(was_in(0) && !results.not_entered && !says("sibling_shallow", NULL), "C1E asks nothing of a sibling in HLT");
    run("ice_lake_x", (struct model_shape){0}, c6);
    ok(was_in(2) && !results.not_entered && !says("sibling_shallow", NULL), "without threads nothing is to say");
    ok(at.limit_tsc == UINT64_MAX, "the limit that the empty path had is not that of the waits");
    run("zen3", (struct model_shape){.threads = 2, .unstarted = 2},
        "wake idle=ioport:0x414 irq=masked interval=2ms samples=20 warmup=2");
    ok(was_in(0) && !results.not_entered && says("sibling_shallow", "does not run"),
       "AMD has no counters: only the sibling is named");
}

/* What a port asks for: AMD's registers say so of three, nothing says so of another, or on Intel. */
static void check_ports(void)
{
    struct model c1 = *model_find("zen3");
    unsigned i = 0;

    run("skylake_x", (struct model_shape){0}, "wake idle=ioport:0x414 irq=masked interval=2ms samples=20 warmup=2");
    ok(was_in(0) && !results.not_entered && !says("not_entered", NULL), "Intel's port: nothing is called not entered");
    run("skylake_x", (struct model_shape){.threads = 2, .unstarted = 2},
        "wake idle=ioport:0x414 irq=masked interval=2ms samples=20 warmup=2");
    ok(says("sibling_shallow", "does not run"), "it may be a deep one: the sibling is named");
    run("skylake_x", (struct model_shape){.threads = 2},
        "wake idle=ioport:0x414 asleep=mwait:0x20 irq=masked interval=2ms samples=20 warmup=2");
    ok(!says("sibling_shallow", "shallower"), "C6 beside it is not called shallower");
    while (c1.registers[i].msr != 0xc0010296)
        i++;
    c1.registers[i].value = 0x400040;
    model_start(&at, &c1, &(struct model_plan){.shape = {.threads = 2, .unstarted = 2}});
    TAP_OK(machine_run(&at, &wake_experiment, "wake idle=ioport:0x414 irq=masked interval=2ms samples=20 warmup=2",
                       &results),
           "CC6 is off for this port");
    ok(!says("sibling_shallow", NULL), "C1 asks nothing of a sibling");
}

static void check_counters(void)
{
    struct model_plan demoted = {.demoted_hint = 0x20}, still = {.demoted_hint = 0x20, .counter_zero = true};

    model_start(&at, model_find("skylake_x"), &demoted);
    TAP_OK(machine_run(&at, &wake_experiment, c6, &results), "demoted");
    ok(results.not_entered == 6 && !says("sibling_shallow", NULL), "a counter of C6 that works and has nothing");
    model_start(&at, model_find("skylake_x"), &still);
    TAP_OK(machine_run(&at, &wake_experiment, c6, &results), "zero");
    ok(!results.not_entered, "one at zero since the reset may not work: nothing is claimed");
    model_start(&at, model_find("skylake_x"), &(struct model_plan){.demoted_hint = 0x20, .hypervisor = true});
    TAP_OK(machine_run(&at, &wake_experiment, c6, &results), "guest");
    ok(results.not_entered == 6, "a guest to which the host lends the counters is judged by them");
    run("skylake_x", (struct model_shape){0}, "wake idle=mwait:0x20 interval=120us samples=20 warmup=2");
    ok(was_in(2) && !results.not_entered, "a short sleep, of which leaving takes a good part, was one all the same");
}

/* A counter that has thousands of times the sleep, as a late one may after a short one: the state was entered. */
static void check_late(void)
{
    const uint64_t slept_tsc = 1000000;
    const struct evidence evidence = {.readable = UINT32_C(1) << EVIDENCE_CC6, .counted = UINT32_C(1) << EVIDENCE_CC6};
    uint64_t moved[EVIDENCE_COUNT] = {[EVIDENCE_CC6] = UINT64_C(1) << 32}; /* 2^32 millionths */
    struct entered_share share;

    TAP_OK(!entered_refuted(&evidence, moved, slept_tsc, 6, &share), "more than all of the time");
    TAP_INT(share.percent, 100, "is all of it");
    moved[EVIDENCE_CC6] = 0;
    TAP_OK(entered_refuted(&evidence, moved, slept_tsc, 6, &share) && share.percent == 0, "none of it is none");
}

int main(void)
{
    check_siblings();
    check_ports();
    check_counters();
    check_late();
    return tap_done();
}
