/* SPDX-License-Identifier: MIT */
#include "experiments/engine/runner.h"

#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"
#include "experiments/engine/claim.h"
#include "experiments/engine/fault_record.h"
#include "experiments/engine/guard.h"
#include "experiments/engine/registers.h"
#include "experiments/kit/results.h"
#include "experiments/engine/step_sync.h"
#include "experiments/kit/experiment.h"
#include "lib/fixed.h"

enum {
    BATCH_US = 2 * 1000 * 1000, /* longest silence on the wire, unless one sample takes longer */
    TICK_US = 2 * 1000 * 1000,
};

static uint64_t ms_since(const struct runner *runner, uint64_t tsc)
{
    return muldiv_u64(tsc_now() - tsc, 1000, runner->machine->clock.tsc_hz);
}

static void emit_end(struct runner *runner, const struct run *run, uint32_t step, enum step_end how)
{
    record_write(runner->stream, true, "t:%s step:%u end:%s n:%u rej:%u ms:%lu", "exp", step, step_ends[how].word,
                 run->done, run->rejected, run->begin_tsc ? ms_since(runner, run->begin_tsc) : 0);
}

static void heartbeat(struct runner *runner, const struct run *run, uint32_t step)
{
    if (tsc_now() < runner->tick_due_tsc)
        return;
    runner->tick_due_tsc = tsc_now() + delay_tsc(runner->machine, TICK_US);
    record_write(runner->stream, false, "t:%s step:%u done:%u of:%u ms:%lu", "tick", step, run->done, run->total,
                 ms_since(runner, runner->boot_tsc));
}

/* Batches until the step is complete, out of budget, or ended badly. Returns how it ended. */
static enum step_end run_batches(struct runner *runner, struct run *run, uint32_t step)
{
    uint64_t budget_tsc = run_tsc(run, plan_time_ns(run->step, "budget", 0));
    struct fault_report report;

    run->begin_tsc = tsc_now();
    run->end_tsc = budget_tsc ? run->begin_tsc + budget_tsc : UINT64_MAX;
    while (!run->complete) {
        enum step_end end;

        run->pause_tsc = tsc_now() + delay_tsc(runner->machine, BATCH_US);
        end = guard_batch(run, &report);
        if (end == STEP_FAULT)
            fault_record_emit(runner->stream, (int64_t)step, &report);
        if (end == STEP_FAULT)
            result_fail(run, "fault_vector", (int64_t)report.frame.vector, "count");
        else if (end != STEP_DONE)
            result_fail(run, step_ends[end].word, 1, "count");
        if (end != STEP_DONE)
            return end;
        if (!run->complete && tsc_now() >= run->end_tsc)
            return STEP_BUDGET;
        heartbeat(runner, run, step);
    }
    return run->sample_limit ? STEP_SAMPLES : STEP_DONE;
}

static void emit_verdict(struct runner *runner, const struct run *run, uint32_t step)
{
    const struct results *results = run->results;
    struct ktap_note note = {
        .word = results->has_metric ? results->word : NULL, .value = results->value, .unit = results->unit};

    ktap_result(runner->ktap, results->failed ? KTAP_FAIL : KTAP_PASS, step, run->step->name, &note);
}

static uint64_t seed_of(const struct runner *runner, const struct plan_step *step)
{
    const struct plan_value *value = plan_find(step, "seed");

    return runner->seed_given && !(value && value->given) ? runner->seed : plan_count(step, "seed", 0);
}

/* NULL, or why the step is skipped. */
static const char *prepare(struct run *run, const struct experiment *experiment)
{
    const char *reason = claim_cpus(run, experiment);

    if (reason)
        return reason;
    run->state = run_alloc(run, experiment->state_bytes);
    return run->state ? experiment->prepare(run) : run_no_memory;
}

static void run_step(struct runner *runner, const struct plan_step *plan_step, uint32_t step)
{
    const struct experiment *experiment = plan_step->spec->owner;
    struct machine *machine = runner->machine;
    uint64_t mark = mem_mark(&machine->mem);
    struct results results;
    struct run run = {.machine = machine, .step = plan_step, .results = &results, .seed = seed_of(runner, plan_step)};
    const char *reason;

    results_begin(&results, runner->stream, step);
    record_write(runner->stream, true, "t:%s step:%u at:%lu", "exp", step, tsc_now());
    reason = prepare(&run, experiment);
    if (reason) {
        emit_end(runner, &run, step, STEP_SKIP);
        ktap_result(runner->ktap, KTAP_SKIP, step, plan_step->name, &(struct ktap_note){.reason = reason});
    } else {
        enum step_end how;

        step_sync_edge(runner->sync, step, "begin");
        how = run_batches(runner, &run, step);
        registers_judge(&run);
        step_sync_edge(runner->sync, step, "end");
        experiment->finish(&run);
        emit_end(runner, &run, step, how);
        emit_verdict(runner, &run, step);
    }
    record_flush_repeats(runner->stream);
    mem_release(&machine->mem, mark);
}

void runner_run(struct runner *runner, const struct plan *plan)
{
    for (size_t i = runner->first_step - 1; i < plan->step_count; i++)
        run_step(runner, &plan->steps[i], (uint32_t)i + 1);
}
