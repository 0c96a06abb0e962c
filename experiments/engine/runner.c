/* SPDX-License-Identifier: MIT */
#include "experiments/engine/runner.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/cpu/features.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"
#include "experiments/engine/claim.h"
#include "experiments/engine/fault_record.h"
#include "experiments/engine/guard.h"
#include "experiments/engine/park.h"
#include "experiments/engine/registers.h"
#include "experiments/kit/results.h"
#include "experiments/engine/step_sync.h"
#include "experiments/kit/experiment.h"
#include "experiments/kit/gate.h"
#include "experiments/kit/vitals.h"
#include "lib/fixed.h"
#include "lib/fmt.h"

enum {
    BATCH_US = 2 * 1000 * 1000, /* longest silence on the wire, unless one sample takes longer */
    TICK_US = 2 * 1000 * 1000,
};

static uint64_t ms_since(const struct runner *runner, uint64_t tsc)
{
    return muldiv_u64(tsc_now() - tsc, 1000, runner->machine->clock.tsc_hz);
}

static void emit_end(struct runner *runner, const struct step *step, uint32_t number, enum step_end how)
{
    const char *core = step->cpu ? cpu_core_type(step_cpuid(step)) : NULL;
    char state[8] = "";

    if (step->not_entered)
        fmt(state, sizeof(state), "c%u", step->not_entered);
    record_write(runner->stream, true, "t:%s step:%u end:%s n:%u rej:%u ms:%lu core:%s not_entered:%s", "exp", number,
                 step_ends[how].word, step->done, step->rejected,
                 step->begin_tsc ? ms_since(runner, step->begin_tsc) : 0, core, *state ? state : NULL);
}

static void heartbeat(struct runner *runner, const struct step *step, uint32_t number)
{
    if (tsc_now() < runner->tick_due_tsc)
        return;
    runner->tick_due_tsc = tsc_now() + delay_tsc(runner->machine, TICK_US);
    record_write(runner->stream, false, "t:%s step:%u done:%u of:%u ms:%lu", "tick", number, step->done, step->total,
                 ms_since(runner, runner->boot_tsc));
}

/* Batches until the step is complete, out of budget, or ended badly. Returns how it ended. */
static enum step_end run_batches(struct runner *runner, struct step *step, uint32_t number)
{
    uint64_t budget_tsc = step_tsc(step, plan_time_ns(step->plan, "budget", 0));
    struct fault_report report;

    step->begin_tsc = tsc_now();
    step->end_tsc = budget_tsc ? step->begin_tsc + budget_tsc : UINT64_MAX;
    while (!step->complete) {
        enum step_end end;

        if (runner->drain)
            runner->drain(runner->context);
        step->pause_tsc = tsc_now() + delay_tsc(runner->machine, BATCH_US);
        if (step->pause_tsc > step->end_tsc)
            step->pause_tsc = step->end_tsc;
        end = guard_batch(step, &report);
        if (end == STEP_FAULT)
            fault_record_emit(runner->stream, (int64_t)number, &report);
        if (end == STEP_FAULT)
            result_fail(step, "fault_vector", (int64_t)report.frame.vector, "count");
        else if (end != STEP_DONE)
            result_fail(step, step_ends[end].word, 1, "count");
        if (end != STEP_DONE)
            return end;
        if (!step->complete && tsc_now() >= step->end_tsc)
            return STEP_BUDGET;
        heartbeat(runner, step, number);
    }
    return step->sample_limit ? STEP_SAMPLES : STEP_DONE;
}

static void emit_verdict(struct runner *runner, const struct step *step, uint32_t number)
{
    const struct results *results = step->results;
    struct ktap_note note = {
        .word = results->has_metric ? results->word : NULL, .value = results->value, .unit = results->unit};

    ktap_result(runner->ktap, results->failed ? KTAP_FAIL : KTAP_PASS, number, step->plan->name, &note);
}

static uint64_t seed_of(const struct runner *runner, const struct plan_step *plan)
{
    const struct plan_value *value = plan_find(plan, "seed");

    return runner->seed_given && !(value && value->given) ? runner->seed : plan_count(plan, "seed", 0);
}

/* NULL, or why the step is skipped. */
static const char *prepare(struct step *step, const struct experiment *experiment)
{
    const char *reason = step->plan->skip ? step->plan->skip : claim_cpus(step, experiment);

    if (!reason && machine_is_ring3(step->machine) && !experiment->ring3)
        reason = gate_needs_ring0;
    if (reason)
        return reason;
    step->state = step_alloc(step, experiment->state_bytes);
    return step->state ? experiment->prepare(step) : step_no_memory;
}

/* What was measured anew for this step's timer. */
static void sharpen_timer(struct runner *runner, const struct step *step, uint32_t number)
{
    const struct apic_timer *timer = &runner->machine->timer;

    if (apic_timer_sharpen(runner->machine, step->timer_tsc))
        record_write(runner->stream, true, "t:%s k:%s step:%u v:%lu bound_ppb:%u us:%lu", "cal", "apic_timer_bound",
                     number, timer->hz, timer->bound_ppb, timer->measured_us);
}

/* On the step's CPU, which is parked. A CPU that does not answer leaves them as they are: never whole. */
static void take_vitals(struct step *step, struct vitals *vitals, void (*take)(void *vitals))
{
    if (!vitals)
        return;
    vitals->step = step;
    if (step->cpu->index == 0)
        take(vitals);
    else if (!smp_call(step->machine, step->cpu, take, vitals))
        smp_abort_all(step->machine);
}

static void run_step(struct runner *runner, const struct plan_step *plan_step, uint32_t number)
{
    const struct experiment *experiment = plan_step->spec->owner;
    struct machine *machine = runner->machine;
    uint64_t mark = mem_mark(&machine->mem);
    struct vitals *vitals;
    struct results results;
    struct step step = {.machine = machine, .plan = plan_step, .results = &results, .seed = seed_of(runner, plan_step)};
    const char *reason;

    results_begin(&results, runner->stream, number);
    record_write(runner->stream, true, "t:%s step:%u at:%lu", "exp", number, tsc_now());
    reason = prepare(&step, experiment);
    if (reason) {
        emit_end(runner, &step, number, STEP_SKIP);
        ktap_result(runner->ktap, KTAP_SKIP, number, plan_step->name, &(struct ktap_note){.reason = reason});
    } else {
        enum step_end how;

        sharpen_timer(runner, &step, number);
        park_begin(runner->stream, &step, number);
        vitals = step_alloc(&step, sizeof(*vitals));
        take_vitals(&step, vitals, vitals_begin);
        step_sync_edge(runner->sync, number, "begin");
        how = run_batches(runner, &step, number);
        registers_judge(&step);
        step_sync_edge(runner->sync, number, "end");
        take_vitals(&step, vitals, vitals_end);
        if (vitals)
            vitals_report(vitals);
        experiment->finish(&step);
        park_end(&step);
        emit_end(runner, &step, number, how);
        emit_verdict(runner, &step, number);
    }
    record_flush_repeats(runner->stream);
    mem_release(&machine->mem, mark);
}

void runner_run(struct runner *runner, const struct plan *plan)
{
    for (size_t i = runner->first_step - 1; i < plan->step_count; i++)
        run_step(runner, &plan->steps[i], (uint32_t)i + 1);
}
