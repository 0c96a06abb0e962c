/* SPDX-License-Identifier: MIT */
/*
 * Question: which C-state does each MWAIT hint or I/O port really enter here, and what does leaving it cost?
 * Method: every state that CPUID.05H or AMD's C-state base lists is asked for again and again, woken by the local
 *   timer, by another CPU's interrupt and by its store, all other CPUs asleep in the same state (others=same), in HLT,
 *   or awake. Residency counters (per-model list), APERF and MPERF say what was entered; the latency runs from the
 *   event to the first stamp behind it. One verdict a state and source: entered, only requested, demoted, unverified,
 *   each with its confidence. sweep=yes: intervals from interval= to to=, entries and knees. The switches (pre-wake,
 *   C1E promotion, demotion, limit, clock) are shown, and changed where keys say so; always restored.
 * Expected: C1 about 1 us, C6 some 50 to 200 us by an interrupt; by a timer much less where pre-wake is on.
 * Confounders: demotion, C1E promotion, pre-wake, the package limit; a hypervisor; a sender of wakes is awake and keeps
 *   its package awake; residencies are updated late; a switch that the firmware has locked on one CPU only; CPU 0's
 *   switches where another CPU measures.
 * Sources: SDM volume 2, MWAIT; volume 3, 15.5 (hints), 15.4.4 (HWP); volume 4 (registers); AMD PPR, MSRC001_0073.
 */
#include "experiments/cstate/parts.h"

#include "arch/x86/cpu/features.h"
#include "lib/fixed.h"

enum { SWEEP_FROM_NS = 1000 };

/* Point `i` of `last`, evenly spread by ratio. */
static uint64_t spread(uint64_t from, uint64_t to, uint32_t i, uint32_t last)
{
    uint64_t low_q32 = log2_q32(from), high_q32 = log2_q32(to);

    return exp2_q32(low_q32 + muldiv_u64(high_q32 - low_q32, i, last));
}

static const char *set_up_intervals(struct cstate *cstate)
{
    const struct step *step = cstate->step;
    bool sweep = plan_flag(step->plan, "sweep"), given = step->plan->values[KEY_INTERVAL].given;
    uint64_t from_tsc = step_tsc(step, sweep && !given ? SWEEP_FROM_NS : plan_time_ns(step->plan, "interval", 0));
    uint64_t to_tsc = step_tsc(step, plan_time_ns(step->plan, "to", 0));
    uint32_t points = (uint32_t)plan_count(step->plan, "points", 0);
    uint64_t last_tsc = 0;

    cstate->point_count = 1;
    cstate->interval_tsc[0] = from_tsc;
    if (!sweep)
        return NULL;
    cstate->point_count = 0;
    for (uint32_t i = 0; i < points; i++) {
        uint64_t tsc = spread(from_tsc, to_tsc, i, points - 1);

        if (tsc > last_tsc)
            cstate->interval_tsc[cstate->point_count++] = last_tsc = tsc;
    }
    return cstate->point_count < 2 ? "the TSC is too slow for that sweep" : NULL;
}

static const char *cstate_prepare(struct step *step)
{
    const struct machine *machine = step->machine;
    struct cstate *cstate = step->state;
    const char *problem;

    cstate->step = step;
    cstate->guest = hv_is_guest(&machine->hv);
    cstate->arat = cpu_timer_always_runs(step_cpuid(step));
    cstate->model = power_model_of(step_cpuid(step));
    cstate->samples = (uint32_t)plan_count(step->plan, "samples", 0);
    cstate->others = (enum nap_others)step->plan->values[KEY_OTHERS].choice;
    cstate->gate = (struct msr_gate){.snapshot = step_cpuid(step),
                                     .guest = cstate->guest,
                                     .guest_writes = plan_flag(step->plan, "guest_writes"),
                                     .dry_run = plan_flag(step->plan, "dry_run")};
    prng_seed(&cstate->prng, step->seed);
    wait_prepare(step, &cstate->nap);
    problem = set_up_intervals(cstate);
    if (problem)
        return problem;
    cstate_list_states(cstate);
    problem = cstate_list_cells(cstate);
    step->park_deep = cstate->others == NAP_OTHERS_SAME; /* those that cannot sleep as the sleeper does, and CPU 0 */
    step->silence_tsc = 2 * cstate->interval_tsc[cstate->point_count - 1];
    step->timer_tsc = step->silence_tsc;
    step->total = cstate->cell_count * cstate->samples;
    return problem;
}

static void cstate_batch(struct step *step)
{
    struct cstate *cstate = step->state;
    bool over = cstate->gate.dry_run;

    if (!cstate_switch(cstate))
        return;
    cstate_find_counters(cstate);
    cstate_verify_clock(cstate);
    while (!over && step->done < step->total) {
        struct cstate_cell *cell = &cstate->cells[cstate_cell_of_turn(cstate, cstate->turn)];

        if (cell->tried < cstate->samples)
            over = !cstate_round(cstate, cell);
        cstate->turn++;
        over |= step_should_return(step);
    }
    step->complete = cstate->gate.dry_run || step->done >= step->total;
    msr_restore(&step->cpu->msr_saves);
}

const struct experiment cstate_experiment = {
    .spec = {.name = "cstate",
             .params = cstate_params,
             .param_count = KEY_COUNT,
             .check = cstate_check,
             .estimate_ns = cstate_estimate_ns,
             .memory_bytes = cstate_memory_bytes},
    .waker = WAKER_FAR,
    .state_bytes = sizeof(struct cstate),
    .prepare = cstate_prepare,
    .batch = cstate_batch,
    .finish = cstate_finish,
};
LAB_EXPERIMENT(cstate_experiment);
