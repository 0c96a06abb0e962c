/* SPDX-License-Identifier: MIT */
/*
 * Question: from which length of idle on does a deeper state cost less energy than the one above it?
 * Method: all CPUs sleep in one state; one of them leads: it sleeps for the interval by its own timer, then wakes all
 *   others by an interrupt, and so on for one slice. The package's energy counter is read at its own steps (about 1 ms
 *   apart) on both ends of the slice. States take turns slice by slice, there and back, so that a drift (temperature,
 *   fans) hits neighbours alike; rounds go on until the sign of every difference of neighbours is sure, or the
 *   difference is within 2 % of the power. More lengths are then put between the two where a gain changes its sign,
 *   halving by halving: there is the target residency (lib/infer/crossing.h).
 * Without a counter: the bound by latency alone. A sleep shorter than entering and leaving the state cannot pay.
 * Expected: some ten to some hundred us for core states, ms for package states; the order of intel_idle's target
 *   residencies.
 * Confounders: a CPU that does not take part keeps the package awake; other packages are not counted; the leader's wait
 *   for the counter's last step is subtracted, at the cost of a wait between two steps; demotion makes states equal.
 * Sources: Linux, Documentation/admin-guide/pm/cpuidle.rst (target residency); SDM volume 3, 15.10 (RAPL); intel/wult's
 *   pbe (the method).
 */
#include "experiments/breakeven/parts.h"

#include "lib/fixed.h"

enum {
    STEP_LIMIT_NS = 20 * 1000 * 1000, /* twenty times the time between two steps of the counter */
};

static const struct param_spec breakeven_params[BREAKEVEN_KEYS] = {
    /* joined by +, shallow first; auto: what CPUID lists */
    [BREAKEVEN_STATES] = {"states", PARAM_TEXT, NULL, "auto", 0, 0, .list = false},
    /* lengths of idle */
    [BREAKEVEN_INTERVAL] = {"interval", PARAM_INTERVAL, NULL, "log:10us..10ms", 1000, 1000000000, .list = false},
    /* how many lengths */
    [BREAKEVEN_POINTS] = {"points", PARAM_COUNT, NULL, "19", 2, BREAKEVEN_SWEEP_MAX, .unnamed = true},
    /* time in one state */
    [BREAKEVEN_SLICE] = {"slice", PARAM_TIME, NULL, "50ms", 1000000, 10000000000, .unnamed = true},
    /* slices at most */
    [BREAKEVEN_ROUNDS] = {"rounds", PARAM_COUNT, NULL, "12", BREAKEVEN_ROUNDS_LEAST, BREAKEVEN_ROUNDS_MAX,
                          .unnamed = true},
    /* time after which the step ends */
    [BREAKEVEN_BUDGET] = {"budget", PARAM_TIME, NULL, "60s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* states that are not listed too */
    [BREAKEVEN_FORCE] = {"force", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true},
};

static const char *breakeven_check(const struct plan_step *plan)
{
    const struct plan_interval *interval = &plan->values[BREAKEVEN_INTERVAL].interval;

    if (!breakeven_words_good(&plan->values[BREAKEVEN_STATES].text))
        return "states= is auto, or one to eight of hlt, mwait:0..0xff, ioport:0..0xffff joined by +";
    if (interval->shape == PLAN_FIXED || interval->ticks || interval->low == interval->high)
        return "interval= needs a range of times, log:10us..10ms";
    return NULL;
}

static uint64_t breakeven_estimate_ns(const struct plan_step *plan)
{
    return plan_time_ns(plan, "budget", 0);
}

static uint64_t breakeven_memory_bytes(const struct plan_step *plan)
{
    (void)plan;
    return sizeof(struct breakeven) +
           (uint64_t)BREAKEVEN_POINTS_MAX * BREAKEVEN_STATES_MAX * sizeof(struct breakeven_cell);
}

/* Equal ratios from low to high. */
static void lay_out_points(struct step *step, struct breakeven *b)
{
    const struct plan_interval *interval = &step->plan->values[BREAKEVEN_INTERVAL].interval;
    uint64_t from_q32 = log2_q32(interval->low), to_q32 = log2_q32(interval->high);

    b->point_count = (uint32_t)step->plan->values[BREAKEVEN_POINTS].count;
    b->sweep_points = b->point_count;
    b->count = b->state_count;
    for (uint32_t i = 0; i < b->point_count; i++) {
        uint64_t log_q32 = from_q32 + (to_q32 - from_q32) / (b->point_count - 1) * i;

        b->interval_tsc[i] = step_tsc(step, exp2_q32(log_q32));
    }
}

static const char *breakeven_prepare(struct step *step)
{
    struct breakeven *b = step->state;
    const struct machine *machine = step->machine;
    const char *problem;

    b->guest = hv_is_guest(&machine->hv);
    wait_prepare(step, &b->nap);
    problem = breakeven_choose(step, b);
    if (problem)
        return problem;
    lay_out_points(step, b);
    b->cells = step_alloc(step, (uint64_t)BREAKEVEN_POINTS_MAX * b->state_count * sizeof(*b->cells));
    if (!b->cells)
        return step_no_memory;
    b->no_energy = rapl_find(&b->rapl, &machine->snapshot, b->guest);
    b->rounds = b->no_energy ? 1 : (uint32_t)step->plan->values[BREAKEVEN_ROUNDS].count;
    b->slice_tsc = step_time_tsc(step, BREAKEVEN_SLICE);
    b->step_limit_tsc = step_tsc(step, STEP_LIMIT_NS);
    step->park_deep = true; /* those that cannot sleep as the sleeper does, and CPU 0 */
    step->timer_tsc = b->interval_tsc[b->point_count - 1];
    step->silence_tsc = b->slice_tsc + b->interval_tsc[b->point_count - 1] + 3 * b->step_limit_tsc;
    step->total = b->point_count;
    return NULL;
}

static void breakeven_batch(struct step *step)
{
    struct breakeven *b = step->state;
    bool parked;

    do {
        parked = breakeven_slice(step, b);
        step->complete = breakeven_next(step, b);
        step->done = b->point < b->sweep_points ? b->point : b->sweep_points;
    } while (parked && !step->complete && !step_should_return(step));
}

const struct experiment breakeven_experiment = {
    .spec = {.name = "breakeven",
             .params = breakeven_params,
             .param_count = BREAKEVEN_KEYS,
             .check = breakeven_check,
             .estimate_ns = breakeven_estimate_ns,
             .memory_bytes = breakeven_memory_bytes},
    .waker = WAKER_FAR,
    .state_bytes = sizeof(struct breakeven),
    .prepare = breakeven_prepare,
    .batch = breakeven_batch,
    .finish = breakeven_finish,
};
LAB_EXPERIMENT(breakeven_experiment);
