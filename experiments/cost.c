// SPDX-License-Identifier: MIT
/*
 * Question: what does one instruction of the idle path cost, and does it leave to a hypervisor?
 * Method: the same code with 8 and with 16 copies of the instruction, timed in turn; the difference divided by 8 is one, and all that is
 *   around it cancels. Costs are in thousandths of a TSC tick, because a difference of 8 has a fraction.
 *   Wait instructions run in the form that does not wait (cost_insn.c); a short probe under a timer finds the machine where they wait.
 *   A pending HLT is timed as one window instead (idle method hlt with the interrupt already there), in whole ticks.
 * Expected: pause 4 to 140 cycles by generation; rdtsc some 20; cpuid 100 to 200 on bare metal, over 1000 where it exits; arming, ICR and
 *   EOI tens to hundreds on metal, an exit each without APIC virtualisation.
 * Confounders: frequency against TSC; interrupts of the host; the first samples warm caches (64 are thrown away, and counted).
 * Sources: SDM volume 2 (instructions), volume 3, 10.5.4 (timer), 10.6 (ICR), 10.8.5 (EOI), 10.12.11 (self IPI); AMD APM volume 3, MWAITX.
 */
#include "experiments/cost.h"

#include "arch/x86/cpu/msr_save.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/tsc.h"
#include "experiments/engine/calibrate.h"
#include "experiments/engine/methods.h"

enum {
    WARMUP = 64,
    FAR_S = 100,
    GUESS_NS = 100 * 1000, /* of a sample, for the plan */
};

enum cost_key {
    KEY_INSN,
    KEY_N,
    KEY_BUDGET,
    KEY_FORCE,
    KEY_COUNT,
};

static const struct param_spec cost_params[KEY_COUNT] = {
    [KEY_INSN] = {"insn", PARAM_CHOICE, cost_words, cost_all + 1, 0, 0, .list = true,
                  .help = "the instruction"},
    [KEY_N] = {"n", PARAM_COUNT, NULL, "1000", 10, 1000000, .unnamed = true, .help = "samples"},
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "5s", 1000000, UINT64_C(3600000000000),
                    .unnamed = true, .help = "time after which the step ends"},
    [KEY_FORCE] = {"force", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true,
                   .help = "run an instruction whose CPUID bit is clear: its fault is the result"},
};

static uint64_t cost_estimate_ns(const struct plan_step *step)
{
    uint64_t all = plan_count(step, "n", 0) * GUESS_NS, budget = plan_time_ns(step, "budget", 0);

    return all < budget ? all : budget;
}

static uint64_t cost_memory_bytes(const struct plan_step *step)
{
    return sizeof(struct cost) + plan_count(step, "n", 0) * 2 * sizeof(int64_t);
}

/* NULL, or why this machine cannot do it. */
static const char *refuse(const struct run *run, struct cost *cost)
{
    const char *missing = NULL;

    if (!plan_flag(run->step, "force"))
        missing = methods_missing(&run->machine->snapshot, cost->insn->need, cost->cause);
    if (missing || !cost->insn->check)
        return missing;
    return cost->insn->check(run);
}

static const char *cost_prepare(struct run *run)
{
    enum { LINE_BYTES = 128 };
    struct cost *cost = run_alloc(run, sizeof *cost);
    uint64_t n = plan_count(run->step, "n", 0);
    const char *reason;

    if (!cost)
        return run_no_memory;
    run->state = cost;
    cost->insn = &cost_insns[run->step->values[KEY_INSN].choice];
    reason = refuse(run, cost);
    if (reason)
        return reason;
    cost->apic = &run->machine->apic;
    cost->timer = &run->machine->timer;
    cost->hlt = idle_find("hlt");
    cost->call.watch = &run->cpu->wake_count;
    cost->far_tsc = run_tsc(run, FAR_S * UINT64_C(1000000000));
    cost->line = run_alloc(run, LINE_BYTES);
    cost->cost = run_alloc(run, n * sizeof *cost->cost);
    cost->at_tsc = run_alloc(run, n * sizeof *cost->at_tsc);
    run->total = (uint32_t)n;
    return cost->line && cost->cost && cost->at_tsc ? NULL : run_no_memory;
}

static void keep(struct run *run, struct cost *cost, int64_t value, uint64_t at_tsc)
{
    if (cost->warmed < WARMUP) {
        cost->warmed++;
        return;
    }
    cost->cost[cost->count] = value;
    cost->at_tsc[cost->count++] = at_tsc;
    run->done = cost->count;
}

static void sample_hlt(struct run *run, struct cost *cost)
{
    struct empty_path empty;

    if (!calibrate_empty_once(run, cost->hlt->wait, &cost->call, &empty)) {
        cost->missed++;
        return;
    }
    keep(run, cost, empty.after_min_tsc, cost->call.before_tsc);
}

static void take_samples(struct run *run, struct cost *cost)
{
    do {
        uint64_t at_tsc = tsc_now();

        if (cost->insn->time)
            keep(run, cost, cost->insn->time(cost), at_tsc);
        else
            sample_hlt(run, cost);
        /* Some of them leave an interrupt pending. */
        sti_nop_cli();
    } while (run->done + cost->missed < run->total && !run_should_return(run));
    run->complete = run->done + cost->missed >= run->total;
}

static void cost_batch(struct run *run)
{
    struct cost *cost = run->state;

    if (cost->insn->begin)
        cost->insn->begin(run, cost);
    if (!cost->began && cost->insn->probe)
        cost->insn->probe(run, cost);
    cost->began = true;
    if (cost->unreal || cost->waits)
        run->complete = true;
    else
        take_samples(run, cost);
    apic_timer_stop(cost->apic, cost->timer);
    apic_drain(cost->apic);
    msr_restore(&run->cpu->msr_saves);
}

static void report_samples(struct run *run, struct cost *cost)
{
    bool whole = !cost->insn->time;
    const char *unit = whole ? "tsc" : "mtsc";

    result_scalar(run, "warmup", cost->warmed, "count");
    if (whole)
        result_scalar(run, "not_pending", cost->missed, "count");
    result_series(
        run, &(struct series){
                 .metric = cost->insn->name,
                 .unit = unit,
                 .values = cost->cost,
                 .at_tsc = cost->at_tsc,
                 .count = cost->count,
                 .has_floor = true,
                 /* The pair's own fixed part cancels; a window's floor is that of two stamps. */
                 .floor = whole ? (int64_t)run->machine->clock.read_min_tsc : 0,
                 .floor_count = run->machine->clock.read_count,
             });
    if (cost->count)
        result_metric(run, "p50", cost->cost[cost->count / 2], unit);
}

static void cost_finish(struct run *run)
{
    struct cost *cost = run->state;

    if (cost->unreal) {
        result_finding(run, "not_real", NULL,
                       "CPUID lists the instruction, but it did not wait for a deadline ahead");
        result_fail(run, "not_real", 1, "count");
        return;
    }
    if (cost->waits) {
        result_finding(
            run, "waits_unarmed", NULL,
            "without an armed monitor it waits for an interrupt: there is no cost to take");
        result_metric(run, "waits_unarmed", 1, "count");
        return;
    }
    report_samples(run, cost);
}

static const struct experiment cost = {
    .spec = {.name = "cost",
             .title = "cost of one instruction",
             .params = cost_params,
             .param_count = KEY_COUNT,
             .estimate_ns = cost_estimate_ns,
             .memory_bytes = cost_memory_bytes},
    .question = "what does one instruction of the idle path cost?",
    .cpus = 1,
    .prepare = cost_prepare,
    .batch = cost_batch,
    .finish = cost_finish,
};
LAB_EXPERIMENT(cost);
