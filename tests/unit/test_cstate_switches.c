/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/kit/siblings.c
// UNIT_EXTRA: experiments/cstate/*.c experiments/engine/registers.c experiments/engine/claim.c experiments/kit/row.c experiments/kit/time.c
// UNIT_EXTRA: experiments/kit/wait.c tests/machine/*.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/cpu/msr_save.c
// UNIT_EXTRA: arch/x86/cpu/placement.c arch/x86/cpu/topology.c arch/x86/power/msr_gate.c arch/x86/power/power_model.c arch/x86/power/rapl.c arch/x86/power/amd_ports.c
// UNIT_EXTRA: arch/x86/wake/nap.c arch/x86/wake/beside.c arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
// UNIT_EXTRA: experiments/kit/timer_blur.c arch/x86/time/apic_timer_ratio.c
// UNIT_EXTRA: experiments/kit/vitals.c experiments/kit/vitals_rows.c
/*
 * The switches of `cstate` on machines where each CPU has its own registers: they are turned on all of them, because
 * one demotion that is left on keeps the whole package shallow; they come back on all of them on every way out, and one
 * that does not is named.
 */
#include "experiments/cstate/parts.h"

#include "tests/machine/machine_run.h"
#include "tests/unit/tap.h"

enum { CST = 0xe2, POWER_CTL = 0x1fc, CST_BEFORE = 0x1e000008, C1E_BEFORE = 2 };

static struct model_machine at;
static struct machine_results results;

/* A Haswell whose cores demote sleeps below 200 us, and whose package follows soon enough to see that. */
static void measure(const struct model_plan *plan, const char *script)
{
    struct model quick = *model_find("haswell");

    quick.package_entry_ns = 40000;
    model_start(&at, &quick, plan);
    TAP_OK(machine_run(&at, &cstate_experiment, script, &results), script);
}

static void ok(bool good, const char *name)
{
    if (!TAP_OK(good, name))
        machine_print(&results);
}

static bool all_are_back(void)
{
    bool back = true;

    for (uint32_t i = 0; i < MODEL_CPUS; i++)
        back &= model_register_of(&at, i, CST) == CST_BEFORE && model_register_of(&at, i, POWER_CTL) == C1E_BEFORE;
    return back;
}

static bool is_row(const char *end, unsigned cpu, unsigned cpus)
{
    char with1[80], with2[64];

    snprintf(with1, sizeof(with1), "\"why\":\"demotion\",\"end\":\"%s\"", end);
    snprintf(with2, sizeof(with2), "\"cpu\":%u,\"cpus\":%u", cpu, cpus);
    return machine_find(&results, "{", with1, with2) != NULL;
}

/*
 * Truth: while one CPU demotes, the package stays shallow; C6 by the package's counter shows that none does any more.
 */
static void check_package(void)
{
    static const char script[] = "cstate state=mwait:0x20 by=timer interval=150us demotion=off";

    measure(&(struct model_plan){0}, "cstate state=mwait:0x20 by=timer interval=150us");
    ok(!machine_find(&results, "{", "\"package\":", NULL), "demotion keeps the package shallow");
    measure(&(struct model_plan){0}, script);
    ok(machine_find(&results, "{", "\"package\":\"pc6\"", NULL) != NULL, "turned off on all CPUs, the package sleeps");
    ok(is_row("changed", 0, MODEL_CPUS), "one row says on how many CPUs");
    ok(all_are_back(), "and all are as before");
    measure(&(struct model_plan){.locked_cpu = 2}, script);
    ok(!machine_find(&results, "{", "\"package\":", NULL), "one CPU that refuses keeps it shallow");
    ok(is_row("changed", 0, MODEL_CPUS - 1) && is_row("refused", 2, 1), "and is named");
    ok(all_are_back(), "the others are as before");
}

/* The package's own demotion, which all cores' sleep does not end; it goes with the cores' where it is documented. */
static void check_package_demotion(void)
{
    struct model skylake = *model_find("skylake_x");

    skylake.registers[0].value = 0x60000003;
    model_start(&at, &skylake, &(struct model_plan){0});
    machine_run(&at, &cstate_experiment, "cstate state=mwait:0x20 by=timer interval=5ms", &results);
    ok(!machine_find(&results, "{", "\"package\":\"pc6\"", NULL), "a package that demotes stays shallow");
    machine_run(&at, &cstate_experiment, "cstate state=mwait:0x20 by=timer interval=5ms demotion=off", &results);
    ok(machine_find(&results, "{", "\"package\":\"pc6\"", NULL) != NULL, "demotion=off lets it sleep");
    ok(machine_find(&results, "{", "\"end\":\"changed\",\"old\":\"60000003\"", "\"new\":\"3\"") != NULL, "by its bits");
    ok(model_register_of(&at, 1, CST) == 0x60000003, "which come back");
}

/* The first CPU changes a shared register and the others find it so: it must come back all the same, once. */
static void check_shared(void)
{
    measure(&(struct model_plan){.shared_registers = true},
            "cstate state=hlt by=timer interval=1ms demotion=off limit=3 c1e=off samples=20");
    ok(is_row("changed", 0, 1) && is_row("same", 1, MODEL_CPUS - 1), "a register of the package is changed once");
    ok(all_are_back(), "and comes back");
    TAP_INT(at.writes, 6, "by one write");
}

static void check_bad_ends(void)
{
    static const char script[] = "cstate interval=1ms c1e=off demotion=off limit=7";

    measure(&(struct model_plan){.fault_at_nap = 57}, script);
    TAP_STR(results.end, "fault", "a fault in the middle");
    TAP_OK(at.writes >= 3 * 2 * MODEL_CPUS, "registers of all CPUs had been changed");
    ok(all_are_back() && !machine_find(&results, "fail not_restored", NULL, NULL), "all are put back on all CPUs");
    measure(&(struct model_plan){.lose_nap = 57}, script);
    TAP_STR(results.end, "lost_wake", "a lost wake in the middle");
    ok(all_are_back(), "all are put back on all CPUs");
    measure(&(struct model_plan){.jammed_cpu = 3}, script);
    ok(machine_find(&results, "fail not_restored 3 ", NULL, NULL) != NULL,
       "registers that do not go back fail the step");
    ok(machine_find(&results, "finding not_restored", "CPU 3: 3 registers", NULL) != NULL, "and their CPU is named");
    measure(&(struct model_plan){.deaf_cpu = 1, .fault_at_nap = 57}, script);
    ok(machine_find(&results, "fail not_restored 3 ", NULL, NULL) != NULL &&
           machine_find(&results, "finding not_restored", "CPU 1: 3 registers", NULL) != NULL,
       "so does a CPU that cannot be reached");
}

/* After the first nap a CPU does not stop any more: no other state is tried while it sleeps in the first. */
static void check_deaf(void)
{
    measure(&(struct model_plan){.deaf_cpu = 2}, "cstate interval=1ms by=timer demotion=off");
    TAP_STR(results.end, "hang", "a CPU that does not come back ends the step");
    TAP_INT(at.naps, CSTATE_WARMUP + CSTATE_ROUND, "at once");
    ok(machine_find(&results, "finding not_restored", "CPU 2: 1 registers", NULL) != NULL,
       "its register is called lost");
}

static void check_dry_run(void)
{
    measure(&(struct model_plan){0}, "cstate c1e=off demotion=off dry_run=yes");
    ok(is_row("dry_run", 0, MODEL_CPUS), "a dry run lists all CPUs");
    TAP_INT(at.writes + at.naps, 0, "and touches nothing");
    /* three batches, and each CPU counted once */
    measure(&(struct model_plan){0}, "cstate state=hlt by=timer cpu=2 c1e=off interval=100ms samples=50");
    ok(machine_find(&results, "{", "\"why\":\"c1e\"", "\"cpu\":2,\"cpus\":3") != NULL,
       "CPU 0 leads and is left as it is where another one measures");
    ok(all_are_back(), "and all are as before");
}

int main(void)
{
    check_package();
    check_package_demotion();
    check_shared();
    check_bad_ends();
    check_deaf();
    check_dry_run();
    return tap_done();
}
