/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/kit/siblings.c
// UNIT_EXTRA: experiments/cstate/*.c experiments/engine/registers.c experiments/engine/claim.c experiments/kit/row.c experiments/kit/time.c
// UNIT_EXTRA: experiments/kit/wait.c tests/machine/*.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/cpu/msr_save.c
// UNIT_EXTRA: arch/x86/cpu/placement.c arch/x86/cpu/topology.c arch/x86/power/msr_gate.c arch/x86/power/power_model.c arch/x86/power/rapl.c arch/x86/power/amd_ports.c
// UNIT_EXTRA: arch/x86/wake/nap.c arch/x86/wake/beside.c arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
// UNIT_EXTRA: experiments/kit/timer_blur.c arch/x86/time/apic_timer_ratio.c
// UNIT_EXTRA: experiments/kit/vitals.c experiments/kit/vitals_rows.c
/* `cstate sweep=yes`, its own code, on machines whose demotion, package delay and hardware timers are known. */
#include "experiments/cstate/parts.h"

#include "tests/machine/machine_run.h"
#include "tests/unit/tap.h"

static struct model_machine at;
static struct machine_results results;

static void measure(const char *model, const struct model_plan *plan, const char *script)
{
    model_start(&at, model_find(model), plan);
    TAP_OK(machine_run(&at, &cstate_experiment, script, &results), model);
}

/* Each check of a test shows the results where it fails. */
static void ok(bool good, const char *name)
{
    if (!TAP_OK(good, name))
        machine_print(&results);
}

/* A row of the sweep from `interval` to `high` that holds the true distance. */
static bool brackets(const char *row, const char *state, const char *is, uint64_t at_ns)
{
    char with1[96], with2[32];
    const char *found;
    int64_t at_tsc = (int64_t)at_ns * MODEL_TICKS_PER_NS;

    snprintf(with1, sizeof(with1), "\"row\":\"%s\",\"state\":\"%s\"", row, state);
    snprintf(with2, sizeof(with2), "\"is\":\"%s\"", is);
    found = machine_find(&results, "{", with1, with2);
    /* Distances are up to an eighth longer than the point. */
    return found && machine_number(found, "interval", 0) <= at_tsc &&
           machine_number(found, "high", 0) * 9 >= at_tsc * 8;
}

static void check_sweeps(void)
{
    measure("haswell", &(struct model_plan){0}, "cstate sweep=yes samples=12 points=31 by=ipi budget=600s");
    ok(brackets("cstate_entry", "mwait:0x20", "cc6", 200000), "the_end_of_demotion_is_an_entry");
    ok(brackets("cstate_knee", "mwait:0x20", "cc6", 200000), "and_a_knee_of_the_latency");
    ok(!machine_find(&results, "{", "\"row\":\"cstate_knee\",\"state\":\"hlt\"", NULL), "c1_has_no_knee");
    measure("skylake_x", &(struct model_plan){0},
            "cstate sweep=yes samples=12 points=31 by=timer budget=600s state=mwait:0x20");
    ok(brackets("cstate_entry", "mwait:0x20", "pc6", 510000), "package_entry_is_an_entry");
    ok(brackets("cstate_knee", "mwait:0x20", "pc6", 510000), "and_a_knee_of_its_own");
    measure("zen4", &(struct model_plan){0}, "cstate sweep=yes samples=12 points=31 by=ipi budget=600s");
    ok(brackets("cstate_knee", "ioport:0x414", "hardware_timer", 200000), "amds_timer_from_cc1_to_cc6_is_a_knee");
    measure("zen2", &(struct model_plan){0}, "cstate sweep=yes samples=12 points=31 by=ipi budget=600s");
    ok(brackets("cstate_knee", "ioport:0x414", "hardware_timer", 50000), "at_another_place_on_zen2");
}

/* Leaving it takes longer than many of these intervals: that must not pass for time in another state. */
static void check_long_exit(void)
{
    unsigned entries = 0;

    measure("alder_lake", &(struct model_plan){0},
            "cstate sweep=yes samples=12 points=31 by=timer budget=600s state=mwait:0x60");
    for (size_t i = 0; i < results.count; i++)
        entries += strstr(results.line[i], "cstate_entry") && strstr(results.line[i], "\"cc7\"");
    TAP_INT(entries, 1, "a_long_way_out_is_no_second_entry");
}

/* A batch of two seconds has no room for the naps that are not counted: some are taken all the same. */
static void check_long_interval(void)
{
    measure("skylake_x", &(struct model_plan){0}, "cstate interval=1s samples=3 by=ipi state=hlt budget=100s");
    ok(machine_find(&results, "{", "\"row\":\"cstate\",\"state\":\"hlt\"", "\"n\":3,") != NULL,
       "a_second_apart_is_measured_too");
}

int main(void)
{
    check_long_interval();
    check_sweeps();
    check_long_exit();
    return tap_done();
}
