/* SPDX-License-Identifier: MIT */
/*
 * `breakeven` on machines whose energies are known: the crossing of two states lies where the model's own energy,
 * summed nap by nap past all seams, changes sides. Counters that are not there, at zero, standing or wrapping are told
 * apart.
 */
// UNIT_EXTRA: arch/x86/power/power_model.c
// UNIT_EXTRA: experiments/kit/siblings.c
// UNIT_EXTRA: experiments/breakeven/*.c arch/x86/power/rapl.c arch/x86/power/amd_ports.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
// UNIT_EXTRA: arch/x86/cpu/msr_save.c arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c arch/x86/wake/nap.c arch/x86/wake/beside.c tests/machine/*.c
// UNIT_EXTRA: experiments/engine/registers.c experiments/engine/claim.c experiments/kit/row.c experiments/kit/time.c experiments/kit/wait.c
// UNIT_EXTRA: arch/x86/cpu/placement.c arch/x86/cpu/topology.c
// UNIT_EXTRA: experiments/kit/timer_blur.c arch/x86/time/apic_timer_ratio.c
// UNIT_EXTRA: experiments/kit/vitals.c experiments/kit/vitals_rows.c
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "experiments/breakeven/parts.h"
#include "tests/machine/machine_run.h"
#include "tests/unit/tap.h"

enum { TRUTH_NAPS = 400, TRUTH_STEPS = 400, TRUTH_STRIDE = 10, STATES = 8 };

static struct model_machine machine;
static struct machine_results results;

/* W that the package draws while all CPUs sleep so long at a time in that state: the model's own sum. */
static double true_watts(const struct model *model, const struct model_plan *plan, const struct nap_state *state,
                         double interval_ns)
{
    struct nap nap = {.machine = &machine.machine, .cpu = &machine.cpus[0]};
    uint64_t begin_tsc, begin_pj;

    model_start(&machine, model, plan);
    nap_open_state(&nap, state, NAP_TIMER, NAP_OTHERS_SAME);
    begin_tsc = machine.now_tsc;
    begin_pj = machine.energy_pj;
    for (unsigned i = 0; i < TRUTH_NAPS; i++) {
        struct sample sample;

        nap_take(&nap, (uint64_t)(interval_ns * MODEL_TICKS_PER_NS), &sample);
        nap_wake_others(&nap);
    }
    nap_close(&nap);
    return (double)(machine.energy_pj - begin_pj) / 1e12 /
           ((double)(machine.now_tsc - begin_tsc) / MODEL_TICKS_PER_NS / 1e9);
}

/* Lengths from 10 us to 10 ms, each 1.7 % longer than the one before. */
static double length_ns(int step)
{
    return 10000 * pow(1.017418, step);
}

static bool deep_gains(const struct model *model, const struct model_plan *plan, const struct nap_state *shallow,
                       const struct nap_state *deep, int step)
{
    return true_watts(model, plan, shallow, length_ns(step)) >= true_watts(model, plan, deep, length_ns(step));
}

/*
 * Where the deeper of the two begins to draw less: between the first gain and the last loss, which the model's noise
 * may swap. Each tenth length first, then each one around those two.
 */
static double true_crossing_ns(const struct model *model, const struct model_plan *plan,
                               const struct nap_state *shallow, const struct nap_state *deep)
{
    int first_gain = TRUTH_STEPS, last_loss = 0, begin, end;

    for (int step = 0; step <= TRUTH_STEPS; step += TRUTH_STRIDE)
        if (!deep_gains(model, plan, shallow, deep, step))
            last_loss = step;
        else if (first_gain == TRUTH_STEPS)
            first_gain = step;
    begin = (first_gain < last_loss ? first_gain : last_loss) - TRUTH_STRIDE;
    end = (first_gain < last_loss ? last_loss : first_gain) + TRUTH_STRIDE;
    begin = begin < 0 ? 0 : begin;
    end = end > TRUTH_STEPS ? TRUTH_STEPS : end;
    first_gain = TRUTH_STEPS;
    last_loss = 0;
    for (int step = begin; step <= end; step++)
        if (!deep_gains(model, plan, shallow, deep, step))
            last_loss = step;
        else if (first_gain == TRUTH_STEPS)
            first_gain = step;
    return (length_ns(first_gain) + length_ns(last_loss)) / 2;
}

static bool run(const char *name, const struct model_plan *plan, const char *script)
{
    const struct model *model = model_find(name);

    if (!model)
        return false;
    model_start(&machine, model, plan);
    return machine_run(&machine, &breakeven_experiment, script, &results);
}

static const char *pair_of(const struct model_state *deep, const char *basis)
{
    char to[40], with[40];

    snprintf(to, sizeof(to), deep->way == NAP_MWAIT ? "\"to\":\"mwait:0x%02x\"" : "\"to\":\"ioport:0x%02x\"",
             deep->argument);
    snprintf(with, sizeof(with), "\"basis\":\"%s\"", basis);
    return machine_find(&results, "{\"t\":\"stats\",\"step\":1,\"row\":\"breakeven\"", to, with);
}

/* The state of the model that a row's word names. */
static const struct model_state *state_of(const struct model *model, const char *row, const char *key)
{
    for (unsigned i = 0; i < STATES && model->states[i].exit_ns; i++) {
        char word[40];

        snprintf(word, sizeof(word), model->states[i].way == NAP_MWAIT ? "mwait:0x%02x" : "ioport:0x%02x",
                 model->states[i].argument);
        if (machine_is(row, key, word))
            return &model->states[i];
    }
    return NULL;
}

static bool check_pair(const struct model *model, const char *row)
{
    const struct model_plan plan = {0};
    const struct model_state *above = state_of(model, row, "from");
    const struct model_state *below = state_of(model, row, "to");
    double low_ns = (double)machine_number(row, "low", -1);
    double high_ns = (double)machine_number(row, "high", -1), truth_ns;
    char title[160];

    if (!above || !below) /* the table has states that this model has not */
        return false;
    truth_ns = true_crossing_ns(model, &plan, &(struct nap_state){above->way, above->argument},
                                &(struct nap_state){below->way, below->argument});
    snprintf(title, sizeof(title), "%s: %x over %x from %.1f us on, found %.1f (%.1f to %.1f)", model->name,
             below->argument, above->argument, truth_ns / 1e3, (double)machine_number(row, "ns", 0) / 1e3, low_ns / 1e3,
             high_ns / 1e3);
    if (truth_ns < 10001)
        TAP_OK(machine_is(row, "out", "below"), title);
    else if (truth_ns > 9990000)
        TAP_OK(machine_is(row, "out", "above"), title);
    else /* the truth's own grid is 1.7 % wide; a sign that stands alone bounds nothing */
        TAP_OK(machine_is(row, "out", "found") && low_ns < truth_ns * 1.01 && truth_ns < high_ns * 1.01 &&
                   high_ns < low_ns * 1.4,
               title);
    return true;
}

/* Every pair of neighbours that the experiment compared, against the truth. */
static void check_model(const char *name, unsigned pairs, const struct model_plan *plan, const char *lost)
{
    static struct machine_results kept;
    unsigned count = 0;

    if (!TAP_OK(run(name, plan, "breakeven points=25 budget=3000s"), name))
        return;
    if (!lost)
        TAP_OK(!machine_find(&results, "scalar lost_slices", NULL, NULL), "no slice is lost to a wrap");
    else
        TAP_OK(machine_find(&results, lost, NULL, NULL) != NULL, lost);
    kept = results;
    for (size_t i = 0; i < kept.count; i++) {
        if (!strstr(kept.line[i], "\"row\":\"breakeven\"") || !strstr(kept.line[i], "\"basis\":\"energy\""))
            continue;
        count += check_pair(model_find(name), kept.line[i]);
    }
    TAP_INT(count, pairs, "all pairs of neighbours");
}

static void check_lies(void)
{
    static const struct {
        const char *title, *says;
        struct model_plan plan;
    } lies[] = {
        {"RAPL at zero is no energy", "stands at 0", {.rapl_zero = true}},
        {"RAPL that stands still is found", "stands still", {.rapl_still = true}},
        {"a guest's counters are not asked", "hypervisor", {.hypervisor = true}},
    };

    for (unsigned i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        bool ran = run("skylake_x", &lies[i].plan, "breakeven points=7 budget=100s");

        TAP_OK(ran && machine_find(&results, "finding no_energy", lies[i].says, NULL), lies[i].title);
        TAP_OK(!machine_find(&results, "{", "\"basis\":\"energy\"", NULL) ||
                   machine_find(&results, "{", "\"out\":\"unknown\"", NULL),
               "  and no crossing by energy is claimed");
        TAP_OK(machine_find(&results, "{", "\"basis\":\"latency\"", "\"out\":\"above\"") != NULL,
               "  but a bound by latency is given");
        TAP_OK(!lies[i].plan.hypervisor || (machine_find(&results, "finding breakeven unverified", NULL, NULL) &&
                                            !machine_find(&results, "finding breakeven inferred", NULL, NULL)),
               "  and a guest's is called unverified");
    }
}

/* The others' energy is missing, and that is said. */
static void check_packages(void)
{
    static const char script[] = "breakeven points=2 slice=2ms rounds=3 interval=log:100us..1ms";

    run("skylake_x", &(struct model_plan){0}, script);
    TAP_OK(!machine_find(&results, "finding one_package", NULL, NULL), "one package is all");
    model_start(&machine, model_find("skylake_x"), &(struct model_plan){0});
    machine.cpus[3].place = (struct cpu_place){.apic_id = 3, .package = 1};
    machine_run(&machine, &breakeven_experiment, script, &results);
    TAP_OK(machine_find(&results, "finding one_package", NULL, NULL) != NULL, "of two packages one is counted");
}

static void check_deaf(void)
{
    run("skylake_x", &(struct model_plan){.deaf_cpu = 1}, "breakeven points=2 slice=4ms interval=log:100us..1ms");
    TAP_STR(results.end, "hang", "a CPU that does not stop ends the step");
    TAP_OK(machine.naps <= 4000 / 100, "after the first slice");
}

/* Leaving C6 of the model takes 60 us, entering it 10: a shorter silent time cannot pay. */
static void check_bound(void)
{
    const struct model_plan plan = {.rapl_zero = true};
    const struct model *model = model_find("skylake_x");
    const char *pair;
    int64_t low_ns;

    run("skylake_x", &plan, "breakeven points=61 budget=100s");
    pair = pair_of(&model->states[2], "latency");
    low_ns = machine_number(pair, "low", 0);
    TAP_OK(low_ns * 9 / 8 > model->states[2].exit_ns, "the bound is one length below the exit latency at most");
    TAP_OK(low_ns < machine_number(pair, "ns", 0),
           "it lies between two lengths of the sweep: the shorter one is what it is at least");
    TAP_OK(low_ns <= model->states[2].exit_ns + model->states[2].entry_ns,
           "and not above entry and exit, whatever leaving the package costs behind longer sleeps");
    pair = machine_find(&results, "{\"t\":\"stats\",\"step\":1,\"row\":\"energy\"", NULL, NULL);
    TAP_OK(pair && !strstr(pair, "\"uw\""), "no power is reported without a counter");
}

int main(void)
{
    static const struct model_plan none = {0};
    static const struct model_plan gp = {.rapl_gp_read = 500000};
    static const struct model_plan late = {.rapl_late_read = 500000};
    static const struct model_plan late_at_first = {.rapl_late_read = 2};

    check_model("sandy_bridge", 3, &none, NULL);
    check_model("haswell", 4, &none, NULL);
    check_model("skylake_x", 2, &none, NULL);
    check_model("zen2", 1, &none, NULL);
    check_model("zen4", 1, &none, NULL);
    check_model("zen2", 1, &gp, "scalar lost_slices 1 ");
    check_model("zen2", 1, &late, "scalar lost_slices 1 ");
    check_model("zen2", 1, &late_at_first, "scalar lost_slices 1 ");
    check_lies();
    check_bound();
    check_deaf();
    check_packages();
    return tap_done();
}
