// SPDX-License-Identifier: MIT
/*
 * Question: what does one instruction of the idle path cost, and does it leave to a hypervisor?
 * Method: the same code with 8 and with 16 copies of the instruction, timed in turn; the difference divided by 8 is one, and all that is
 *   around it cancels. Costs are in thousandths of a TSC tick, because a difference of 8 has a fraction.
 *   A pending HLT is timed as one window instead (idle method hlt with the interrupt already there), in whole ticks.
 * Expected: pause 4 to 140 cycles by generation; rdtsc some 20; cpuid 100 to 200 on bare metal, over 1000 where it exits; arming, ICR and
 *   EOI tens to hundreds on metal, an exit each without APIC virtualisation.
 * Confounders: frequency against TSC; interrupts of the host; the first samples warm caches (64 are thrown away, and counted).
 * Sources: SDM volume 2 (instructions), volume 3, 10.5.4 (timer), 10.6 (ICR), 10.8.5 (EOI).
 */
#include "arch/x86/idle/idle.h"
#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/tsc.h"
#include "experiments/engine/calibrate.h"
#include "experiments/experiment.h"
#include "lib/cstring.h"

enum {
    COPIES = 8,
    WARMUP = 64,
    FAR_S = 100,          /* arming: an event that does not come meanwhile */
    FRACTION = 1000,      /* thousandths of a tick */
    GUESS_NS = 100 * 1000, /* of a sample, for the plan */
};

enum cost_key {
    KEY_INSN,
    KEY_N,
    KEY_BUDGET,
    KEY_COUNT,
};

static const char *const insn_words[] = {"pause", "rdtsc", "cpuid", "hlt",
                                         "arm",   "icr",   "eoi",   NULL};
enum { INSN_PAUSE, INSN_RDTSC, INSN_CPUID, INSN_HLT, INSN_ARM, INSN_ICR, INSN_EOI };

static const struct param_spec cost_params[KEY_COUNT] = {
    [KEY_INSN] = {"insn", PARAM_CHOICE, insn_words, "pause,rdtsc,cpuid,hlt,arm,icr,eoi", 0, 0,
                  .list = true, .help = "the instruction"},
    [KEY_N] = {"n", PARAM_COUNT, NULL, "1000", 10, 1000000, .unnamed = true, .help = "samples"},
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "5s", 1000000, UINT64_C(3600000000000),
                    .unnamed = true, .help = "time after which the step ends"},
};

struct cost {
    unsigned insn;
    const struct idle_method *hlt;
    struct idle_call call;
    uint64_t far_tsc;
    int64_t *cost;
    uint64_t *at_tsc;
    uint32_t count, warmed;
    uint32_t missed; /* the interrupt was not pending in time */
};

#define REPEAT_8(statement)                                                                        \
    do {                                                                                           \
        statement;                                                                                 \
        statement;                                                                                 \
        statement;                                                                                 \
        statement;                                                                                 \
        statement;                                                                                 \
        statement;                                                                                 \
        statement;                                                                                 \
        statement;                                                                                 \
    } while (0)

/* The 8 copies of each instruction; inlined once and twice. */
static inline __attribute__((always_inline)) void copies(const struct run *run,
                                                         const struct cost *cost, unsigned insn)
{
    const struct apic *apic = &run->machine->apic;

    switch (insn) {
    case INSN_PAUSE:
        REPEAT_8(pause());
        break;
    case INSN_RDTSC:
        REPEAT_8((void)rdtsc());
        break;
    case INSN_CPUID:
        REPEAT_8((void)cpuid(0, 0));
        break;
    case INSN_ARM:
        REPEAT_8((void)apic_timer_arm(apic, &run->machine->timer, cost->far_tsc));
        break;
    case INSN_ICR:
        REPEAT_8(apic_send_self(apic, VECTOR_NOTHING));
        break;
    default:
        REPEAT_8(apic_eoi(apic));
        break;
    }
}

/* One pair of timings for a constant `insn`, so that the compiler leaves only that instruction's copies. */
static inline __attribute__((always_inline)) int64_t time_pair(const struct run *run,
                                                               const struct cost *cost,
                                                               unsigned insn)
{
    uint64_t start_tsc, once_tsc, twice_tsc;

    start_tsc = tsc_begin();
    copies(run, cost, insn);
    once_tsc = tsc_end() - start_tsc;
    start_tsc = tsc_begin();
    copies(run, cost, insn);
    copies(run, cost, insn);
    twice_tsc = tsc_end() - start_tsc;
    return ((int64_t)twice_tsc - (int64_t)once_tsc) * FRACTION / COPIES;
}

static int64_t time_insn(const struct run *run, const struct cost *cost)
{
    switch (cost->insn) {
    case INSN_PAUSE:
        return time_pair(run, cost, INSN_PAUSE);
    case INSN_RDTSC:
        return time_pair(run, cost, INSN_RDTSC);
    case INSN_CPUID:
        return time_pair(run, cost, INSN_CPUID);
    case INSN_ARM:
        return time_pair(run, cost, INSN_ARM);
    case INSN_ICR:
        return time_pair(run, cost, INSN_ICR);
    default:
        return time_pair(run, cost, INSN_EOI);
    }
}

static uint64_t cost_estimate_ns(const struct plan_step *step)
{
    uint64_t all = plan_count(step, "n", 0) * GUESS_NS, budget = plan_time_ns(step, "budget", 0);

    return all < budget ? all : budget;
}

static uint64_t cost_memory_bytes(const struct plan_step *step)
{
    return sizeof(struct cost) + plan_count(step, "n", 0) * 2 * sizeof(int64_t);
}

static const struct idle_method *find_method(const char *name)
{
    for (const struct idle_method *const *m = __lab_methods_start; m < __lab_methods_end; m++) {
        if (!strcmp((*m)->name, name))
            return *m;
    }
    return NULL;
}

static const char *cost_prepare(struct run *run)
{
    struct cost *cost = run_alloc(run, sizeof *cost);
    uint64_t n = plan_count(run->step, "n", 0);

    if (!cost)
        return run_no_memory;
    run->state = cost;
    cost->insn = run->step->values[KEY_INSN].choice;
    cost->hlt = find_method("hlt");
    cost->call.watch = &run->cpu->wake_count;
    cost->far_tsc = run_tsc(run, FAR_S * UINT64_C(1000000000));
    cost->cost = run_alloc(run, n * sizeof *cost->cost);
    cost->at_tsc = run_alloc(run, n * sizeof *cost->at_tsc);
    run->total = (uint32_t)n;
    return cost->cost && cost->at_tsc ? NULL : run_no_memory;
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

static void cost_batch(struct run *run)
{
    struct cost *cost = run->state;
    const struct apic *apic = &run->machine->apic;

    if (cost->insn == INSN_ARM)
        apic_timer_setup(apic, run->machine->timer.one_shot, VECTOR_NOTHING);
    do {
        uint64_t at_tsc = tsc_now();

        if (cost->insn == INSN_HLT)
            sample_hlt(run, cost);
        else
            keep(run, cost, time_insn(run, cost), at_tsc);
        if (cost->insn == INSN_ICR)
            sti_nop_cli();
    } while (run->done + cost->missed < run->total && !run_should_return(run));
    run->complete = run->done + cost->missed >= run->total;
    if (cost->insn == INSN_ARM)
        apic_timer_stop(apic, &run->machine->timer);
    apic_drain(apic);
}

static void cost_finish(struct run *run)
{
    struct cost *cost = run->state;
    bool whole = cost->insn == INSN_HLT;

    result_scalar(run, "warmup", cost->warmed, "count");
    if (whole)
        result_scalar(run, "not_pending", cost->missed, "count");
    result_series(run, &(struct series){
                           .metric = insn_words[cost->insn],
                           .unit = whole ? "tsc" : "mtsc",
                           .values = cost->cost,
                           .at_tsc = cost->at_tsc,
                           .count = cost->count,
                           .has_floor = true,
                           /* The pair's own fixed part cancels; a window's floor is that of two stamps. */
                           .floor = whole ? (int64_t)run->machine->clock.read_min_tsc : 0,
                           .floor_count = run->machine->clock.read_count,
                       });
    if (cost->count)
        result_metric(run, "p50", cost->cost[cost->count / 2], whole ? "tsc" : "mtsc");
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
