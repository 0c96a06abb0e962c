/* SPDX-License-Identifier: MIT */
/*
 * Question: does a wait with a time limit last as long as it was asked to?
 * Method: TPAUSE, UMWAIT or MWAITX with limits over a range, one row for each; every wait has its true limit, from the
 *   stamp before the instruction, and its true length. Then a probe: many limits at random between the shortest sleep
 *   and the cap, C0.1 and C0.2 by turns. Last, waits in a row for 20 ms between two readings of the PM timer or the
 *   HPET: is a tick during sleep as long as one awake?
 * Expected: lengths rise in steps of the clock behind the limit (the quantum); the shortest are as long as entering and
 *   leaving the state takes (the floor); the longest end at the limit of IA32_UMWAIT_CONTROL with CF set (the cap),
 *   under a hypervisor at that of the host whatever was written here. C0.2 wakes later than C0.1.
 * Confounders: interrupts of a host end a wait early; emulators that run the opcode as a fence (believed only after a
 *   proof, see waitpkg.h); a cap that does not set CF; UMONITOR made a no-op (errata.h), so that UMWAIT returns at
 *   once.
 * Sources: SDM volume 2, TPAUSE and UMWAIT; volume 4, MSR E1H; AMD APM volume 3, MWAITX. Method of the sweep: Kuns,
 *   Troepgen, Schoene, user-space idle instructions, ICPE 2025.
 */
#include "experiments/deadline/parts.h"

#include "experiments/kit/gate.h"

#include "arch/x86/cpu/features.h"

static void set_up(struct step *step, struct deadline *deadline)
{
    const struct plan_value *values = step->plan->values;

    deadline->method = __lab_methods_start[values[KEY_IDLE].method.word];
    deadline->call.argument = (uint32_t)values[KEY_IDLE].method.argument;
    deadline->call.watch = &step->cpu->wake_line;
    deadline->has_states = deadline->method->begin == waitpkg_begin;
    /* Interrupts stay off where a pending one still ends the wait; MWAITX can do that only where CPUID says so. */
    deadline->wait = deadline->method->wait;
    if (deadline->has_states || cpu_has(step_cpuid(step), CPUID_MWAIT_IBE))
        deadline->wait = deadline->method->wait_masked;
    deadline->cap_tsc = waitpkg_cap(step_time_tsc(step, KEY_CAP));
    deadline->points = (uint32_t)values[KEY_POINTS].count;
    deadline->samples = (uint32_t)values[KEY_SAMPLES].count;
    prng_seed(&deadline->prng, values[KEY_SEED].count);
}

static const char *allocate(struct step *step, struct deadline *deadline)
{
    const struct plan_interval range = step_interval_tsc(step, KEY_RANGE);
    uint64_t waits = (uint64_t)deadline->points * deadline->samples;

    if (deadline->method->relative_limit && range.high > UINT32_MAX)
        return "the timer of MWAITX has 32 bits: a smaller range=";
    deadline->rows = step_alloc(step, deadline->points * sizeof(*deadline->rows));
    deadline->slept_tsc = step_alloc(step, waits * sizeof(*deadline->slept_tsc));
    deadline->overshoot_tsc = step_alloc(step, waits * sizeof(*deadline->overshoot_tsc));
    deadline->at_tsc = step_alloc(step, waits * sizeof(*deadline->at_tsc));
    if (!deadline->rows || !deadline->slept_tsc || !deadline->overshoot_tsc || !deadline->at_tsc)
        return step_no_memory;
    for (uint32_t i = 0; i < deadline->points; i++)
        deadline->rows[i].asked_tsc =
            steps_point(range.low ? range.low : 1, range.high, range.shape != PLAN_UNIFORM, i, deadline->points);
    step->silence_tsc = range.high;
    step->total = (uint32_t)waits + (deadline->has_states ? STATES : 1) * PROBES;
    return NULL;
}

static const char *deadline_prepare(struct step *step)
{
    struct deadline *deadline = step->state;
    const char *problem;

    set_up(step, deadline);
    problem = gate_refuse(step, deadline->method, deadline->call.argument, false);
    return problem ? problem : allocate(step, deadline);
}

/* False: it faults, or does not wait. Runs without the cap, which would end the proof. */
static bool prove(struct step *step, struct deadline *deadline)
{
    waitpkg_begin(&step->cpu->msr_saves, 0);
    deadline->proof = waitpkg_prove();
    msr_restore(&step->cpu->msr_saves);
    return deadline->proof.is == WAITPKG_REAL;
}

static void deadline_batch(struct step *step)
{
    struct deadline *deadline = step->state;
    const struct idle_method *method = deadline->method;

    if (!deadline->ready && deadline->has_states && !prove(step, deadline)) {
        step->complete = true;
        return;
    }
    if (method->begin)
        method->begin(&step->cpu->msr_saves, deadline->cap_tsc);
    if (!deadline->ready && deadline->has_states)
        deadline->limit_known = waitpkg_limit(&deadline->limit_tsc);
    if (!deadline->ready)
        deadline_calibrate(step, deadline);
    deadline_take_waits(step, deadline);
    if (step->complete)
        deadline_compare_clock(step, deadline);
    msr_restore(&step->cpu->msr_saves);
}

static void deadline_finish(struct step *step)
{
    struct deadline *deadline = step->state;

    if (deadline->has_states)
        deadline_report_proof(step, deadline);
    if (deadline->has_states && deadline->proof.is != WAITPKG_REAL)
        return;
    deadline_sum_rows(deadline);
    deadline_report(step, deadline);
}

static const struct experiment deadline = {
    .spec = {.name = "deadline",
             .params = deadline_params,
             .param_count = KEY_COUNT,
             .check = deadline_check,
             .estimate_ns = deadline_estimate_ns,
             .memory_bytes = deadline_memory_bytes},
    .ring3 = true,
    .state_bytes = sizeof(struct deadline),
    .prepare = deadline_prepare,
    .batch = deadline_batch,
    .finish = deadline_finish,
};
LAB_EXPERIMENT(deadline);
