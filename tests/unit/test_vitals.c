/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/wake/beside.c experiments/kit/siblings.c
// UNIT_EXTRA: experiments/cstate/*.c experiments/engine/registers.c experiments/engine/claim.c experiments/kit/row.c experiments/kit/time.c
// UNIT_EXTRA: experiments/kit/wait.c tests/machine/*.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/cpu/msr_save.c
// UNIT_EXTRA: arch/x86/cpu/placement.c arch/x86/cpu/topology.c arch/x86/power/msr_gate.c arch/x86/power/power_model.c arch/x86/power/rapl.c arch/x86/power/amd_ports.c
// UNIT_EXTRA: arch/x86/wake/nap.c arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
// UNIT_EXTRA: experiments/kit/timer_blur.c arch/x86/time/apic_timer_ratio.c
// UNIT_EXTRA: experiments/kit/vitals.c experiments/kit/vitals_rows.c
/* What turbostat's readers look at, over a step on model machines whose truth is known. */
#include "experiments/cstate/parts.h"

#include "lib/rows/rows.h"
#include "tests/machine/machine_run.h"
#include "tests/unit/tap.h"

static struct model_machine at;
static struct machine_results results;
static uint64_t span_tsc, awake_tsc, energy_pj; /* of the last step, by the model */

static void measure(const struct model *model, const struct model_plan *plan, const char *script)
{
    model_start(&at, model, plan);
    span_tsc = at.now_tsc;
    TAP_OK(machine_run(&at, &cstate_experiment, script, &results), model->name);
    span_tsc = at.now_tsc - span_tsc;
    awake_tsc = at.awake_tsc;
    energy_pj = at.energy_pj;
}

static void ok(bool good, const char *name)
{
    if (!TAP_OK(good, name))
        machine_print(&results);
}

static const char *row(const char *kind)
{
    char with[32];

    snprintf(with, sizeof(with), "\"row\":\"%s\"", kind);
    return machine_find(&results, "{", with, NULL);
}

static int64_t number(const char *kind, const char *key)
{
    return machine_number(row(kind), key, -1);
}

static bool is_near(int64_t value, int64_t wanted)
{
    return value >= wanted - wanted / 50 - 20 && value <= wanted + wanted / 50 + 20;
}

static void set_register(struct model *model, uint32_t msr, uint64_t value)
{
    unsigned i = 0;

    while (model->registers[i].msr && model->registers[i].msr != msr)
        i++;
    model->registers[i] = (struct model_register){msr, value, 0};
}

static const struct model_plan plain = {.vitals = true};
static const char script[] = "cstate state=mwait:0x20 by=timer interval=5ms samples=100";

static void check_haswell(void)
{
    struct model haswell = *model_find("haswell");
    int64_t shares;

    haswell.power_eax |= 1 | 1 << 6;
    haswell.has_epb = true;
    set_register(&haswell, 0x19c, 0x88390000);
    set_register(&haswell, 0x1b1, 0x88370000);
    set_register(&haswell, 0x1a2, 0x640000);
    set_register(&haswell, 0x1b0, 6);
    set_register(&haswell, 0x620, 0x81c);
    set_register(&haswell, 0x60a, 0x884e);
    set_register(&haswell, 0x60b, 0x004e);
    measure(&haswell, &plain, script);
    ok(number("busy", "tsc_khz") == 2000000 && number("busy", "bzy_khz") == 3000000, "clocks");
    ok(is_near(number("busy", "busy"), (int64_t)(awake_tsc * 1000000 / span_tsc)), "time awake");
    ok(is_near(number("busy", "cc6"), (int64_t)(at.published_tsc[1] * 1000000 / span_tsc)), "core C6");
    shares = number("busy", "busy") + number("busy", "cc1") + number("busy", "cc3") + number("busy", "cc6") +
             number("busy", "cc7");
    ok(strstr(row("busy"), "\"rest\":true") && is_near(shares, 1000000), "C1 is the rest");
    ok(number("package", "pc6") > 500000 && number("package", "pc7") == 0, "package states");
    ok(number("package", "pc8") == -1, "no counter that the model does not have");
    ok(is_near(number("power", "pkg_uw"), (int64_t)(energy_pj * 2 / span_tsc * 1000)), "the package's power");
    ok(number("power", "dram_uw") == -1 && number("power", "cores_uw") == -1, "no power without a counter");
    ok(number("power", "core_c") == 43 && number("power", "pkg_c") == 45, "temperatures");
    ok(number("power", "smi") == 0, "no SMI");
    ok(number("limits", "epb") == 6 && number("limits", "unc_min") == 8 && number("limits", "unc_max") == 28, "limits");
    ok(number("limits", "hwp_max") == -1 && number("limits", "unc") == -1, "no HWP, no present ratio");
    ok(number("irtl", "pc3") == 79872 && number("irtl", "pc6") == -1, "a limit of 79872 ns, and one that is not valid");
}

static void check_others(void)
{
    struct model cold = *model_find("haswell"), slow = *model_find("ice_lake_x");

    measure(model_find("ice_lake_x"), &plain, "cstate state=mwait:0x0 by=timer interval=2ms samples=100");
    ok(number("busy", "cc1") > 900000 && !strstr(row("busy"), "rest"), "C1 by its counter");
    ok(number("limits", "hwp_min") == 8 && number("limits", "hwp_max") == 32 && number("limits", "epp") == 128, "HWP");
    set_register(&slow, 0x770, 0);
    measure(&slow, &plain, "cstate state=mwait:0x0 by=timer interval=2ms samples=100");
    ok(number("limits", "hwp_max") == -1, "no limit of an HWP that is off");
    measure(model_find("silvermont"), &plain, "cstate state=mwait:0x60 by=timer interval=5ms samples=100");
    ok(number("busy", "mc6") > 900000, "the module's counter is in microseconds");
    ok(machine_number(row("residency"), "mc6", 0) > 900000, "in the residencies of a state, too");
    measure(model_find("zen2"), &plain, "cstate state=ioport:0x414 by=timer interval=2ms samples=100");
    ok(number("busy", "busy") > 0 && number("busy", "cc1") == -1, "AMD: awake or not, no more is known");
    ok(number("power", "core_uw") > 0 && number("power", "cores_uw") == -1, "AMD: one core's power");
    ok(number("power", "smi") == -1 && !row("limits") && !row("package"), "AMD: nothing of Intel's");
    cold.power_eax |= 1;
    set_register(&cold, 0x1a2, 0x640000);
    set_register(&cold, 0x19c, 0x390000);
    measure(&cold, &plain, script);
    set_register(&cold, 0x1b1, 0x88370000);
    measure(&cold, &plain, script);
    ok(number("power", "core_c") == -1, "a reading that is not valid is no temperature");
    ok(number("power", "pkg_c") == -1, "nor is one that CPUID does not list");
}

/* Knights Landing's clocks and its core C6: as turbostat has them. */
static void check_knights_landing(void)
{
    struct model knl = *model_find("haswell");

    knl.signature = 0x50671;
    knl.clock_shift = 10;
    for (unsigned i = 0; i < MODEL_COUNTERS; i++)
        if (knl.counters[i].msr == 0x3fd)
            knl.counters[i].msr = 0x3ff;
    measure(&knl, &plain, script);
    ok(is_near(number("busy", "busy"), (int64_t)(awake_tsc * 1000000 / span_tsc)), "every 1024th clock is counted");
    ok(is_near(number("busy", "bzy_khz"), 3000000), "and the clock's rate is their ratio");
    ok(number("busy", "cc6") > 500000, "core C6 at 3FFH");
}

/* What a step is too short or too long for is not said of it. */
static void check_spans(void)
{
    struct model fine = *model_find("haswell");

    measure(model_find("haswell"), &plain, "cstate state=mwait:0x0 by=timer interval=20us samples=4");
    ok(span_tsc < 1000000 * MODEL_TICKS_PER_NS && !row("busy"), "less than a millisecond has no rows");
    measure(model_find("haswell"), &plain, "cstate state=mwait:0x0 by=timer interval=500us samples=10");
    ok(span_tsc < 20000000 * MODEL_TICKS_PER_NS && number("busy", "busy") > 0, "a few milliseconds have clocks");
    ok(number("power", "pkg_uw") == -1, "and no power");
    fine.energy_shift = 30;
    set_register(&fine, 0x606, 0xa1e03);
    measure(&fine, &plain, script);
    ok(span_tsc > 20000000 * MODEL_TICKS_PER_NS && number("power", "pkg_uw") == -1,
       "no power from a counter that may have wrapped");
}

static void check_lies(void)
{
    measure(model_find("haswell"), &(struct model_plan){.vitals = true, .counter_zero = true}, script);
    ok(number("busy", "cc6") == -1 && !row("package"), "counters at zero are absent");
    measure(model_find("haswell"), &(struct model_plan){.vitals = true, .counter_stands_still = true}, script);
    ok(number("busy", "cc6") == 0 && number("package", "pc6") == 0, "counters that stand still are not");
    measure(model_find("haswell"), &(struct model_plan){.vitals = true, .rapl_zero = true}, script);
    ok(number("power", "pkg_uw") == -1, "an energy counter at zero is no power");
    measure(model_find("haswell"), &(struct model_plan){.vitals = true, .counter_rate = 9}, script);
    ok(number("busy", "cc6") == 1000000, "more than the whole time is the whole time");
    measure(model_find("haswell"), &(struct model_plan){.vitals = true, .hypervisor = true}, script);
    ok(!row("power") && !row("package") && !row("limits") && number("busy", "cc6") == -1, "nothing of a guest's");
    measure(model_find("haswell"), &(struct model_plan){0}, script);
    ok(!row("busy"), "nothing where nobody asks");
}

int main(void)
{
    check_haswell();
    check_others();
    check_knights_landing();
    check_spans();
    check_lies();
    return tap_done();
}
