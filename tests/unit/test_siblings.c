/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/kit/vitals.c experiments/kit/vitals_rows.c
// UNIT_EXTRA: experiments/cstate/*.c experiments/breakeven/*.c experiments/engine/registers.c experiments/engine/claim.c
// UNIT_EXTRA: experiments/kit/row.c experiments/kit/siblings.c experiments/kit/time.c experiments/kit/timer_blur.c
// UNIT_EXTRA: experiments/kit/wait.c tests/machine/*.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
// UNIT_EXTRA: arch/x86/cpu/msr_save.c
// UNIT_EXTRA: arch/x86/cpu/placement.c arch/x86/cpu/topology.c arch/x86/power/msr_gate.c arch/x86/power/power_model.c
// UNIT_EXTRA: arch/x86/power/rapl.c arch/x86/power/amd_ports.c arch/x86/time/apic_timer_ratio.c arch/x86/wake/nap.c
// UNIT_EXTRA: arch/x86/wake/beside.c arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
/* Machines on which a thread keeps a core or a package shallow: it is found and named, and nothing is claimed. */
#include "arch/x86/wake/beside.h"
#include "experiments/cstate/parts.h"
#include "experiments/kit/siblings.h"

#include "tests/machine/machine_run.h"
#include "tests/unit/tap.h"

extern const struct experiment breakeven_experiment; /* its header has names of its own */

static struct model_machine at;
static struct machine_results results;

static void run(const struct experiment *experiment, struct model_shape shape, const char *script)
{
    model_start(&at, model_find("skylake_x"), &(struct model_plan){.shape = shape});
    TAP_OK(machine_run(&at, experiment, script, &results), script);
}

static void measure(struct model_shape shape, const char *script)
{
    run(&cstate_experiment, shape, script);
}

static bool entered(const char *verdict)
{
    return machine_is(machine_find(&results, "{", "\"row\":\"cstate_verdict\"", "mwait:0x20"), "verdict", verdict);
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

static void check_threads(void)
{
    static const char timer[] = "cstate interval=3ms by=timer state=mwait:0x20";

    measure((struct model_shape){.threads = 2}, timer);
    ok(entered("entered") && !says("sibling_shallow", NULL), "all threads asleep: C6, and nothing to say");
    measure((struct model_shape){.threads = 2}, "cstate interval=3ms by=timer state=mwait:0x20 others=hlt");
    ok(entered("entered") && !says("sibling_shallow", NULL), "with the others in HLT the sibling sleeps as deep");
    measure((struct model_shape){.threads = 2, .unstarted = 2}, timer);
    ok(entered("requested") && says("sibling_shallow", "APIC id 1h, which does not run"),
       "a sibling that was not started");
    measure((struct model_shape){.threads = 2}, "cstate interval=3ms by=timer state=mwait:0x20 cpu=1");
    ok(entered("requested") && says("sibling_shallow", "which is CPU 0"), "CPU 0 in HLT beside the sleeper");
    measure((struct model_shape){.threads = 2}, "cstate interval=3ms by=timer state=mwait:0x20 others=awake");
    ok(says("sibling_shallow", "kept awake"), "a sibling that the script keeps awake");
    measure((struct model_shape){.cpus = 2, .threads = 2}, "cstate interval=3ms by=ipi state=mwait:0x20");
    ok(!entered("entered") && says("sibling_shallow", "awake to send"), "a sibling that sends the wakes");
    measure((struct model_shape){.threads = 2, .first_e = 1, .e_lacks_monitor = true}, timer);
    ok(entered("requested") && says("sibling_shallow", "does not list"), "a sibling whose own CPUID refuses");
    measure((struct model_shape){.threads = 2, .unstarted = 2}, "cstate interval=3ms by=timer state=mwait:0x1");
    ok(!says("sibling_shallow", NULL), "C1 asks nothing of a sibling");
    measure((struct model_shape){.threads = 2, .unstarted = 8}, timer);
    ok(entered("entered") && !says("sibling_shallow", NULL), "a CPU of another core was not started");
}

/* The package is held by something else only where all its CPUs slept. */
static void check_package(void)
{
    static const char timer[] = "cstate interval=5ms by=timer state=mwait:0x20";
    struct model held = *model_find("skylake_x");

    measure((struct model_shape){.unstarted = 8}, timer);
    ok(says("package_partial", "1 of the package's 4 CPUs") && !says("package_held", NULL),
       "a CPU left in firmware's HLT");
    measure((struct model_shape){.package_cpus = 2, .unstarted = 8}, timer);
    ok(!says("package_partial", NULL) && machine_find(&results, "{", "\"package\":\"pc6\"", NULL),
       "one of another package holds nothing");
    held.package_limit = 0; /* the register still says C6 */
    model_start(&at, &held, &(struct model_plan){0});
    TAP_OK(machine_run(&at, &cstate_experiment, timer, &results), "held");
    ok(says("package_held", NULL) && !says("package_partial", NULL), "all slept, and it is held");
    model_start(&at, &held, &(struct model_plan){0});
    at.machine.acpi.madt.lost_cpus = 1;
    TAP_OK(machine_run(&at, &cstate_experiment, timer, &results), "lost");
    ok(says("package_partial", "not counted") && !says("package_held", NULL), "CPUs that no table had room for");
}

static void check_peer(void)
{
    static struct percpu peer = {.apic_id = 3};
    struct model_shape shape = {.threads = 2, .unstarted = 8};
    struct nap_state c6 = {NAP_MWAIT, 0x20};
    struct beside beside = {.machine = &at.machine, .cpu = &at.cpus[2], .state = c6, .others = NAP_OTHERS_SAME};
    uint32_t apic_id;

    model_start(&at, model_find("skylake_x"), &(struct model_plan){.shape = shape});
    at.machine.watchdog.peer.cpu = &peer;
    at.machine.watchdog.peer.awake = "";
    TAP_STR(beside_shallow(&beside, &apic_id), "serves as the watchdog", "the watchdog's peer in HLT");
    at.machine.watchdog.peer.awake = NULL;
    at.machine.watchdog.peer.hint = 0x20;
    TAP_OK(!beside_shallow(&beside, &apic_id), "a peer that sleeps as deep");
    beside.state.argument = 1;
    TAP_OK(!beside_shallow(&beside, &apic_id), "C1 needs nobody");
    beside.state = c6;
    beside.cpu = &at.cpus[1];
    at.cpus[0].park_hint = PARK_HLT;
    TAP_STR(beside_shallow(&beside, &apic_id), "is CPU 0, which leads the run in HLT", "CPU 0 in HLT");
    at.cpus[0].park_hint = 0x10;
    TAP_STR(beside_shallow(&beside, &apic_id), "is CPU 0, which leads the run in HLT", "CPU 0 in a shallower state");
    at.cpus[0].park_hint = 0x20;
    TAP_OK(!beside_shallow(&beside, &apic_id), "CPU 0 parked as deep");
}

/* Where a hypervisor says which threads share a core, that is no core of the host's. */
static void check_guest(void)
{
    struct model_plan plan = {.shape = {.threads = 2, .unstarted = 8}};
    const struct beside beside = {
        .machine = &at.machine, .cpu = &at.cpus[2], .state = {NAP_MWAIT, 0x20}, .others = NAP_OTHERS_SAME};
    struct step step = {.machine = &at.machine, .cpu = &at.cpus[2]};

    model_start(&at, model_find("skylake_x"), &plan);
    TAP_OK(siblings_note(&step, &beside), "a sibling that does not run is noted");
    plan.hypervisor = true;
    model_start(&at, model_find("skylake_x"), &plan);
    TAP_OK(!siblings_note(&step, &beside), "in a guest it is not");
}

static void check_breakeven(void)
{
    static const char script[] = "breakeven points=2 rounds=3 states=mwait:0x1+mwait:0x20";

    run(&breakeven_experiment, (struct model_shape){.threads = 2}, script);
    ok(!says("sibling_shallow", NULL) && !says("package_partial", NULL), "breakeven: all take part");
    run(&breakeven_experiment, (struct model_shape){.threads = 2, .unstarted = 2}, script);
    ok(says("sibling_shallow", "does not run") && says("package_partial", "1 of the package's 4"),
       "breakeven: the leader's sibling was not started");
    run(&breakeven_experiment, (struct model_shape){.threads = 2, .unstarted = 8}, script);
    ok(!says("sibling_shallow", NULL) && says("package_partial", "1 of the package's 4"), "breakeven: another one");
}

/* A port for which AMD's registers switch CC6 off asks for C1, and that nothing beside it spoils. */
static void check_amd_ports(void)
{
    const struct model_plan plan = {.shape = {.threads = 2, .unstarted = 2}};
    struct model zen = *model_find("zen3");
    unsigned i = 0;

    model_start(&at, &zen, &plan);
    TAP_OK(machine_run(&at, &cstate_experiment, "cstate state=ioport:0x414 by=ipi interval=3ms samples=10", &results),
           "a port with CC6 on");
    ok(says("sibling_shallow", "does not run"), "a sibling in firmware's HLT keeps it from CC6");
    while (zen.registers[i].msr != 0xc0010296)
        i++;
    zen.registers[i].value = 0x400040;
    model_start(&at, &zen, &plan);
    TAP_OK(machine_run(&at, &cstate_experiment, "cstate state=ioport:0x414 by=ipi interval=3ms samples=10", &results),
           "the same with CC6 off for it");
    ok(!says("sibling_shallow", NULL), "C1 asks nothing of a sibling");
}

int main(void)
{
    check_threads();
    check_package();
    check_peer();
    check_guest();
    check_breakeven();
    check_amd_ports();
    return tap_done();
}
