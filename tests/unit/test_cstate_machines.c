/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/kit/siblings.c
// UNIT_EXTRA: experiments/cstate/*.c experiments/engine/registers.c experiments/engine/claim.c experiments/kit/row.c experiments/kit/time.c
// UNIT_EXTRA: experiments/kit/wait.c tests/machine/*.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/cpu/msr_save.c
// UNIT_EXTRA: arch/x86/cpu/placement.c arch/x86/cpu/topology.c arch/x86/power/msr_gate.c arch/x86/power/power_model.c arch/x86/power/rapl.c arch/x86/power/amd_ports.c
// UNIT_EXTRA: arch/x86/wake/nap.c arch/x86/wake/beside.c arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
// UNIT_EXTRA: experiments/kit/timer_blur.c arch/x86/time/apic_timer_ratio.c
// UNIT_EXTRA: experiments/kit/vitals.c experiments/kit/vitals_rows.c
/* The experiment `cstate`, its own code, on machines that no one here has: honest ones, and ones that lie. */
#include "experiments/cstate/parts.h"

#include <stdlib.h>
#include <string.h>

#include "tests/machine/machine_run.h"
#include "tests/unit/tap.h"

static struct model_machine at;
static struct machine_results results;

static void measure(const char *model, const struct model_plan *plan, const char *script)
{
    model_start(&at, model_find(model), plan);
    TAP_OK(machine_run(&at, &cstate_experiment, script, &results), model);
}

static const char *row_of(const char *row, const char *state, const char *by)
{
    char with1[96], with2[64];

    snprintf(with1, sizeof(with1), "\"row\":\"%s\",\"state\":\"%s\"", row, state);
    snprintf(with2, sizeof(with2), "\"by\":\"%s\"", by);
    return machine_find(&results, "{", with1, with2);
}

static bool verdict_is(const char *state, const char *by, const char *verdict, const char *got)
{
    const char *row = row_of("cstate_verdict", state, by);

    return row && machine_is(row, "verdict", verdict) && (!got || machine_is(row, "got", got));
}

static bool confidence_is(const char *state, const char *by, const char *confidence)
{
    return machine_is(row_of("cstate_verdict", state, by), "conf", confidence);
}

static const char *latency_row(const char *state, const char *by)
{
    return row_of("cstate", state, by);
}

static bool has_finding(const char *id)
{
    char begin[64];

    snprintf(begin, sizeof(begin), "finding %s ", id);
    return machine_find(&results, begin, NULL, NULL) != NULL;
}

/* Each check of a test shows the results where it fails. */
static void ok(bool good, const char *name)
{
    if (!TAP_OK(good, name))
        machine_print(&results);
}

static void text_of(const struct nap_state *nap, char text[CSTATE_TEXT_BYTES])
{
    struct cstate_state state = {.nap = *nap};
    const char *found = cstate_state_text(&state, text);

    if (found != text)
        strcpy(text, found);
}

/* On an honest machine every state is entered, as deep as the model says, and its latency is the model's. */
static void check_honest(const struct model *model)
{
    char name[96];

    measure(model->name, &(struct model_plan){0}, "cstate interval=3ms");
    for (unsigned i = 0; i < MODEL_STATES && model->states[i].exit_ns; i++) {
        const struct model_state *state = &model->states[i];
        struct nap_state nap = {state->way, state->argument};
        char text[CSTATE_TEXT_BYTES], got[8];
        uint64_t exit_tsc = (uint64_t)state->exit_ns * MODEL_TICKS_PER_NS;
        int64_t p50;

        text_of(&nap, text);
        snprintf(got, sizeof(got), "c%u", state->core);
        snprintf(name, sizeof(name), "%s_%s_entered", model->name, text);
        ok(verdict_is(text, "ipi", "entered", got), name);
        p50 = machine_number(latency_row(text, "ipi"), "p50", 0);
        snprintf(name, sizeof(name), "%s_%s_latency", model->name, text);
        ok(p50 >= (int64_t)exit_tsc && p50 <= (int64_t)(exit_tsc + exit_tsc / 10 + 500), name);
        if (model->amd && state->core > 1) {
            snprintf(name, sizeof(name), "%s_%s_only_inferred", model->name, text);
            ok(confidence_is(text, "ipi", "low"), name);
        }
    }
    snprintf(name, sizeof(name), "%s_wrote_nothing", model->name);
    ok(at.writes == 0, name);
}

static void check_lag(void)
{
    measure("skylake_x", &(struct model_plan){.lag_naps = 3}, "cstate interval=3ms samples=40");
    ok(verdict_is("mwait:0x20", "ipi", "entered", "c6"), "lag_of_three_naps_is_survived");
    ok(verdict_is("mwait:0x1", "ipi", "entered", "c1") &&
           !machine_find(&results, "{", "\"row\":\"residency\",\"state\":\"hlt\"", "\"cc6\""),
       "lag_does_not_reach_the_next_state");
}

static void check_lies(void)
{
    measure("ice_lake_x", &(struct model_plan){.demoted_hint = 0x20}, "cstate interval=3ms");
    ok(verdict_is("mwait:0x20", "ipi", "demoted", "c1"), "a_hint_that_ends_in_c1");
    ok(confidence_is("mwait:0x20", "ipi", "high"), "the_c1_counter_proves_it");
    measure("skylake_x", &(struct model_plan){.demoted_hint = 0x20}, "cstate interval=3ms");
    ok(verdict_is("mwait:0x20", "ipi", "demoted", "c1"), "the_same_without_a_c1_counter");
    ok(confidence_is("mwait:0x20", "ipi", "medium"), "is_less_sure");
    measure("skylake_x", &(struct model_plan){.counter_stands_still = true}, "cstate interval=3ms");
    ok(verdict_is("mwait:0x20", "ipi", "unverified", NULL), "a_counter_that_stands_still");
    measure("skylake_x", &(struct model_plan){.counter_zero = true}, "cstate interval=3ms");
    ok(verdict_is("mwait:0x20", "ipi", "entered", "c6") && confidence_is("mwait:0x20", "ipi", "low"),
       "counters_at_zero_are_absent_and_the_rest_is_inferred");
    measure("skylake_x", &(struct model_plan){.counter_rate = 5}, "cstate interval=3ms");
    ok(verdict_is("mwait:0x20", "ipi", "entered", "c6") && confidence_is("mwait:0x20", "ipi", "low"),
       "counters_that_say_five_times_too_much_are_not_believed");
    measure("skylake_x", &(struct model_plan){.counter_rate = 2}, "cstate interval=3ms");
    ok(machine_find(&results, "{", "\"row\":\"residency\",\"state\":\"mwait:0x20\"", "\"cc6\":1000000") != NULL,
       "twice_too_much_is_the_whole_time");
    measure("skylake_x", &(struct model_plan){.counter_stands_still = true, .demoted_hint = 0x20},
            "cstate interval=3ms state=mwait:0x20 by=ipi");
    ok(verdict_is("mwait:0x20", "ipi", "requested", NULL), "both_at_once_is_only_requested");
}

static void check_package(void)
{
    measure("skylake_x", &(struct model_plan){0}, "cstate interval=5ms by=timer");
    ok(machine_find(&results, "{", "\"state\":\"mwait:0x20\"", "\"package\":\"pc6\"") != NULL, "package_c6_is_seen");
    measure("skylake_x", &(struct model_plan){0}, "cstate interval=5ms by=timer others=awake");
    ok(!machine_find(&results, "{", "\"package\":", NULL), "and_not_with_others_awake");
    measure("skylake_x", &(struct model_plan){.limit_locked = true}, "cstate interval=5ms by=timer limit=3");
    ok(machine_is(machine_find(&results, "{", "\"row\":\"msr\"", "\"why\":\"limit\""), "end", "locked"),
       "a_locked_limit_is_called_locked");
    ok(has_finding("package_limited"), "and_what_it_forbids_is_said");
    measure("skylake_x", &(struct model_plan){.limit_sticks = true}, "cstate interval=5ms by=timer limit=3");
    ok(machine_is(machine_find(&results, "{", "\"row\":\"msr\"", "\"why\":\"limit\""), "end", "refused"),
       "a_limit_that_does_not_stay_is_found");
}

static int64_t scalar(const char *key)
{
    char begin[48];
    const char *line;

    snprintf(begin, sizeof(begin), "scalar %s ", key);
    line = machine_find(&results, begin, NULL, NULL);
    return line ? strtoll(line + strlen(begin), NULL, 10) : -1;
}

/* freq= by each of the three registers, and a clock that does not care. */
static void check_clock(void)
{
    static const char *const models[] = {"haswell", "skylake_x", "zen2"};
    const struct model_plan sticks = {.clock_sticks = true}, none = {0};

    for (unsigned i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        measure(models[i], &none, "cstate state=hlt by=timer samples=20 freq=min");
        ok(scalar("freq_found") > 0 && scalar("freq_found") < 700000 && !has_finding("freq_no_effect"), "a slow clock");
        measure(models[i], &sticks, "cstate state=hlt by=timer samples=20 freq=min");
        ok(scalar("freq_found") == 1500000 && has_finding("freq_no_effect"), "a write without effect");
    }
    ok(scalar("freq_asked") == 611111, "AMD's clock by its P-states: 2.2 of 3.6 GHz");
    measure("skylake_x", &none, "cstate state=hlt by=timer samples=20 freq=base");
    ok(scalar("freq_found") == 1000000 && !has_finding("freq_no_effect"), "the base clock is held");
    measure("skylake_x", &none, "cstate state=hlt by=timer samples=20 freq=max");
    ok(scalar("freq_found") > 2000000 && !has_finding("freq_no_effect"), "turbo is more than was asked for");
    measure("zen3", &none, "cstate state=hlt by=timer samples=20 freq=min");
    ok(has_finding("freq_unverified"), "without P-states nobody knows what was asked for");
    measure("skylake_x", &none, "cstate state=hlt by=timer samples=20");
    ok(scalar("freq_found") == -1 && !has_finding("freq_unverified"), "nothing is said where nothing was asked");
}

static int64_t awake_ppm(const struct model *model)
{
    model_start(&at, model, &(struct model_plan){0});
    TAP_OK(machine_run(&at, &cstate_experiment, "cstate state=mwait:0x0 by=timer interval=50us samples=200", &results),
           "clocks");
    return machine_number(row_of("residency", "mwait:0x0", "timer"), "c0", -1);
}

/* A clock that counts every 1024th time is not one that stands still. */
static void check_coarse_clock(void)
{
    struct model knl = *model_find("haswell");
    int64_t fine_ppm = awake_ppm(&knl), coarse_ppm;

    knl.signature = 0x50671;
    knl.clock_shift = 10;
    coarse_ppm = awake_ppm(&knl);
    ok(fine_ppm > 1000 && coarse_ppm > fine_ppm / 2 && coarse_ppm < fine_ppm * 2, "every 1024th clock is counted");
}

/* A one-shot timer that is only known to 6 ppm: 600 ns at 100 ms, nothing beside C6, much beside C1. */
static void check_one_shot(void)
{
    model_start(&at, model_find("zen2"), &(struct model_plan){0});
    at.machine.timer.one_shot = APIC_TIMER_ONE_SHOT;
    at.machine.timer.bound_ppb = 6000;
    machine_run(&at, &cstate_experiment, "cstate interval=100ms samples=20", &results);
    ok(machine_number(latency_row("hlt", "timer"), "off", 0) == 1200, "a_rough_timer_blurs_c1_at_100_ms");
    ok(machine_number(latency_row("hlt", "ipi"), "off", 0) == 0, "it_has_no_part_in_an_interrupt");
    ok(machine_number(latency_row("ioport:0x414", "timer"), "off", 0) == 0, "nor_does_it_matter_for_c6");
    ok(has_finding("timer_blur"), "and_the_step_says_so");
    machine_run(&at, &cstate_experiment, "cstate interval=1ms samples=20", &results);
    ok(machine_number(latency_row("hlt", "timer"), "off", 0) == 0 && !has_finding("timer_blur"),
       "after_a_millisecond_it_does_not_matter");
}

static void check_held_package(void)
{
    struct model held = *model_find("skylake_x");

    held.package_limit = 0; /* the register still says C6 */
    model_start(&at, &held, &(struct model_plan){0});
    TAP_OK(machine_run(&at, &cstate_experiment, "cstate interval=5ms by=timer", &results), "held");
    ok(has_finding("package_held"), "a_package_that_is_held_by_something_else");
}

static void check_prewake(void)
{
    int64_t hidden, shown;

    measure("sapphire_rapids", &(struct model_plan){0}, "cstate interval=3ms");
    ok(machine_find(&results, "finding timer_hides_latency high", NULL, NULL) != NULL,
       "prewake_hides_the_latency_and_is_found");
    hidden = machine_number(latency_row("mwait:0x20", "timer"), "p50", 0);
    measure("sapphire_rapids", &(struct model_plan){0}, "cstate interval=3ms prewake=off");
    shown = machine_number(latency_row("mwait:0x20", "timer"), "p50", 0);
    ok(hidden * 20 < shown, "prewake_off_shows_it");
    ok(!has_finding("timer_hides_latency"), "and_nothing_hides_any_more");
    TAP_INT(model_register(&at, 0x1fc), 0, "prewake_is_put_back");
    measure("skylake_x", &(struct model_plan){0}, "cstate interval=3ms prewake=off");
    ok(machine_is(machine_find(&results, "{", "\"row\":\"msr\"", NULL), "end", "not_listed"),
       "a_model_without_prewake_is_not_written");
    TAP_INT(at.writes, 0, "not_at_all");
}

static void check_switches(void)
{
    measure("haswell", &(struct model_plan){0}, "cstate interval=1ms c1e=off demotion=off freq=min samples=20");
    ok(machine_find(&results, "{", "\"why\":\"c1e\",\"end\":\"changed\"", NULL) != NULL &&
           machine_find(&results, "{", "\"why\":\"demotion\",\"end\":\"changed\"", NULL) != NULL &&
           machine_find(&results, "{", "\"why\":\"freq\",\"end\":\"changed\"", "\"new\":\"800\"") != NULL,
       "three_switches_are_turned");
    ok(model_register(&at, 0x1fc) == 2 && model_register(&at, 0xe2) == 0x1e000008 &&
           model_register(&at, 0x199) == 20 << 8,
       "and_put_back");
    measure("alder_lake", &(struct model_plan){0}, "cstate interval=1ms freq=max samples=10");
    ok(machine_find(&results, "{", "\"msr\":\"774\"", "\"new\":\"80002020\"") != NULL, "hwp_is_held_at_its_highest");
    measure("zen3", &(struct model_plan){0}, "cstate interval=1ms freq=min samples=10");
    ok(machine_find(&results, "{", "\"msr\":\"c0010062\"", "\"new\":\"2\"") != NULL, "amd_takes_its_slowest_pstate");
    TAP_INT(model_register(&at, 0xc0010062), 0, "and_goes_back");
    measure("haswell", &(struct model_plan){0}, "cstate c1e=off demotion=off dry_run=yes");
    ok(machine_find(&results, "{", "\"why\":\"c1e\",\"end\":\"dry_run\"", "\"new\":\"0\"") != NULL, "dry_run_lists");
    TAP_INT(at.writes + at.naps, 0, "dry_run_touches_nothing");
}

static void check_bad_ends(void)
{
    static const char script[] = "cstate interval=1ms c1e=off demotion=off limit=7";

    measure("haswell", &(struct model_plan){.fault_at_nap = 57}, script);
    TAP_STR(results.end, "fault", "a_fault_in_the_middle");
    TAP_OK(at.writes >= 6, "registers_had_been_changed");
    TAP_OK(model_register(&at, 0x1fc) == 2 && model_register(&at, 0xe2) == 0x1e000008,
           "all_are_put_back_after_the_fault");
    ok(latency_row("hlt", "timer") != NULL, "what_was_measured_is_reported");
    measure("haswell", &(struct model_plan){.lose_nap = 57}, script);
    TAP_STR(results.end, "lost_wake", "a_lost_wake_in_the_middle");
    TAP_OK(model_register(&at, 0x1fc) == 2 && model_register(&at, 0xe2) == 0x1e000008,
           "all_are_put_back_after_the_watchdog");
}

static void check_guest(void)
{
    measure("sapphire_rapids", &(struct model_plan){.hypervisor = true},
            "cstate interval=3ms prewake=off c1e=off samples=20");
    ok(verdict_is("mwait:0x20", "ipi", "unverified", "unknown"), "a_guest_is_unverified");
    ok(machine_is(machine_find(&results, "{", "\"row\":\"msr\"", NULL), "end", "guest"), "a_guest_is_not_written");
    TAP_INT(at.writes, 0, "nothing_was_written_in_the_guest");
    measure("sapphire_rapids", &(struct model_plan){.hypervisor = true},
            "cstate interval=3ms prewake=off guest_writes=yes samples=20");
    TAP_OK(at.writes > 0, "but_what_the_script_asked_for");
    TAP_INT(model_register(&at, 0x1fc), 0, "and_it_is_put_back");
}

static void check_arat(void)
{
    struct model old = *model_find("sandy_bridge");

    old.power_eax &= ~UINT32_C(4);
    model_start(&at, &old, &(struct model_plan){0});
    TAP_OK(machine_run(&at, &cstate_experiment, "cstate interval=3ms", &results), "no_arat");
    ok(has_finding("no_arat") && !latency_row("mwait:0x20", "timer"),
       "without_arat_no_deep_state_is_woken_by_the_timer");
    ok(latency_row("mwait:0x0", "timer"), "but_c1_is");
    ok(verdict_is("mwait:0x20", "ipi", "entered", "c6"), "but_by_an_interrupt");
}

/* A Broadwell-EP that lists C7's hints as well: it has no counter for them, and C6's counts the time. */
static void check_c7_without_counter(void)
{
    struct model odd = *model_find("haswell");

    odd.signature = 0x406f1;
    odd.states[4].core = 6;
    odd.demote_below_ns = 0;
    model_start(&at, &odd, &(struct model_plan){0});
    TAP_OK(machine_run(&at, &cstate_experiment, "cstate interval=3ms by=ipi", &results), "no_c7");
    ok(verdict_is("mwait:0x32", "ipi", "entered", "c6") && confidence_is("mwait:0x32", "ipi", "high"),
       "c7_is_counted_by_c6");
}

/* Hint F0h asks for C0, and a script that makes no sense is no plan. */
static void check_odd_scripts(void)
{
    static const char *const bad[] = {
        "cstate to=1ms",
        "cstate points=5",
        "cstate sweep=yes interval=10ms to=1ms",
        "cstate state=mwait",
        "cstate state=hlt ioport=0x414",
        "cstate prewake=maybe",
    };

    measure("alder_lake", &(struct model_plan){0}, "cstate interval=3ms by=ipi state=mwait:0xf0");
    ok(machine_find(&results, "{", "\"row\":\"cstate_verdict\"", "\"want\":\"c0\"") != NULL, "hint_f0_asks_for_c0");
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        TAP_OK(!machine_run(&at, &cstate_experiment, bad[i], &results), bad[i]);
    measure("zen3", &(struct model_plan){0}, "cstate interval=3ms by=ipi ioport=0x416 samples=10");
    ok(latency_row("ioport:0x416", "ipi") != NULL, "one_more_port_by_hand");
    ok(machine_is(row_of("cstate_verdict", "ioport:0x416", "ipi"), "want", "unknown") &&
           verdict_is("ioport:0x416", "ipi", "unverified", "unknown"),
       "what_it_asks_for_is_unknown");
    measure("skylake_x", &(struct model_plan){0}, "cstate interval=3ms by=ipi ioport=0x414 samples=10");
    ok(machine_is(row_of("cstate_verdict", "ioport:0x414", "ipi"), "want", "unknown") &&
           machine_is(row_of("cstate_verdict", "ioport:0x414", "ipi"), "verdict", "unverified"),
       "intels_port_is_not_called_demoted");
    measure("zen3", &(struct model_plan){0}, "cstate interval=3ms by=ipi ioport=0x413 samples=10");
    ok(machine_find(&results, "{", "\"row\":\"cstate\"", "ioport:0x413") ==
           machine_find(&results, "{", "\"row\":\"cstate\"", "ioport:0x413\",\"by\":\"ipi\""),
       "a_port_that_is_listed_is_no_other_state");
}

/* CC6 off for one way in: that port asks for C1 and gets it, the others are as before. And off for all. */
static void check_amd_ports(void)
{
    struct model zen = *model_find("zen3");

    for (unsigned i = 0; i < MODEL_REGISTERS; i++)
        if (zen.registers[i].msr == 0xc0010296)
            zen.registers[i].value = 0x404008;
    model_start(&at, &zen, &(struct model_plan){0});
    TAP_OK(machine_run(&at, &cstate_experiment, "cstate interval=3ms by=ipi", &results), "cc6_off_for_one");
    ok(machine_is(row_of("cstate_verdict", "ioport:0x413", "ipi"), "want", "c1") &&
           verdict_is("ioport:0x413", "ipi", "entered", "c1"),
       "a_port_without_cc6en_asks_for_c1");
    ok(machine_is(row_of("cstate_verdict", "ioport:0x414", "ipi"), "want", "c6") &&
           verdict_is("ioport:0x415", "ipi", "entered", "c6"),
       "the_two_others_for_c6");
}

/* A processor that does not say what its clock's levels are: none is asked for. */
static void check_unknown_levels(void)
{
    struct model old = *model_find("haswell");

    for (unsigned i = 0; i < MODEL_REGISTERS; i++)
        if (old.registers[i].msr == 0xce)
            old.registers[i].msr = 0xcf;
    model_start(&at, &old, &(struct model_plan){0});
    TAP_OK(machine_run(&at, &cstate_experiment, "cstate interval=1ms freq=min samples=10", &results), "no_levels");
    ok(machine_is(machine_find(&results, "{", "\"row\":\"msr\"", "\"msr\":\"ce\""), "end", "absent"),
       "levels_that_nobody_says_are_called_absent");
    TAP_INT(at.writes, 0, "and_no_clock_is_written");
}

static void check_single_cpu(void)
{
    measure("alder_lake", &(struct model_plan){.single_cpu = 1}, "cstate interval=3ms samples=20");
    ok(!latency_row("hlt", "ipi") && verdict_is("mwait:0x60", "timer", "entered", "c7"), "one_cpu_has_the_timer_alone");
}

int main(void)
{
    for (unsigned i = 0; i < MODEL_COUNT; i++)
        check_honest(&MODELS[i]);
    check_lag();
    check_lies();
    check_package();
    check_clock();
    check_coarse_clock();
    check_one_shot();
    check_held_package();
    check_prewake();
    check_switches();
    check_bad_ends();
    check_guest();
    check_arat();
    check_unknown_levels();
    check_single_cpu();
    check_odd_scripts();
    check_amd_ports();
    check_c7_without_counter();
    return tap_done();
}
