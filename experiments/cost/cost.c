/* SPDX-License-Identifier: MIT */
/*
 * Question: what does one instruction of the idle path cost, and does it exit to a hypervisor?
 * Method: the same code with 8 and with 16 copies of the instruction; the difference divided by 8 is the marginal cost
 *   of one more in a row; the code around the copies cancels. A sample is eight timings whose order is drawn
 *   (lib/marginal.h). Costs are in thousandths of a TSC tick, because a difference of 8 has a fraction. each=yes times
 *   a single one between two stamps, in whole ticks: it shows the variation from one to the next, and the stamps' own
 *   cost is its floor. Wait instructions run in the form that does not wait (insn.c); a
 *   short probe under a timer finds machines where they wait. A pending HLT is timed as one window instead (idle method
 *   hlt with the interrupt already there), in whole ticks; EOI also on an interrupt that is in service, in turn by the
 *   register and by KVM's word in memory (eoi.c).
 * Expected: pause 4 to 140 cycles by generation; rdtsc some 20; cpuid 100 to 200 on bare metal, over 1000 where it
 *   exits; arming, ICR and EOI tens to hundreds on metal, an exit each without APIC virtualisation.
 * Confounders: frequency against TSC; interrupts of the host; the first samples warm caches (64 are thrown away, and
 *   counted).
 * Sources: SDM volume 2 (instructions), volume 3, 10.5.4 (timer), 10.6 (ICR), 10.8.5 (EOI), 10.12.11 (self IPI); AMD
 *   APM volume 3, MWAITX.
 */
#include "experiments/cost/parts.h"

#include "arch/x86/cpu/msr_save.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/tsc.h"
#include "experiments/kit/gate.h"

enum {
    FAR_S = 100,
    GUESS_NS = 100 * 1000, /* of a sample, for the plan */
    STEP_PARTS = 256,      /* the step is so small a part of what eight copies take, */
    TURNS_MOST = 64,       /* where so many turns suffice */
    TURNS_TRIES = 16,
};

enum cost_key {
    KEY_INSN,
    KEY_N,
    KEY_BUDGET,
    KEY_FORCE,
    KEY_EACH,
    KEY_COUNT,
};

static const struct param_spec cost_params[KEY_COUNT] = {
    /* the instruction */
    [KEY_INSN] = {"insn", PARAM_CHOICE, cost_words, cost_all + 1, 0, 0, .list = true},
    /* samples */
    [KEY_N] = {"n", PARAM_COUNT, NULL, "1000", 10, 1000000, .unnamed = true},
    /* time after which the step ends */
    [KEY_BUDGET] = {"budget", PARAM_TIME, NULL, "5s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* one at a time between two stamps, not by the difference of copies */
    [KEY_EACH] = {"each", PARAM_FLAG, NULL, "no", 0, 0, .list = true},
    /* run an instruction whose CPUID bit is clear: its fault is the result */
    [KEY_FORCE] = {"force", PARAM_FLAG, NULL, "no", 0, 0, .unnamed = true},
};

static uint64_t cost_estimate_ns(const struct plan_step *plan)
{
    return plan_count(plan, "n", 0) * GUESS_NS;
}

static uint64_t cost_memory_bytes(const struct plan_step *plan)
{
    return sizeof(struct cost) + plan_count(plan, "n", 0) * 3 * sizeof(int64_t);
}

/* NULL, or why this machine cannot do it. */
static const char *refuse(struct step *step, const struct cost_insn *insn)
{
    const char *missing;

    if (machine_is_ring3(step->machine) && insn->privileged && !plan_flag(step->plan, "force"))
        return gate_needs_ring0;
    missing = gate_missing(step, insn->need);
    return missing || !insn->check ? missing : insn->check(step);
}

static const char *cost_prepare(struct step *step)
{
    enum { LINE_BYTES = 128 };
    struct cost *cost = step->state;
    uint64_t n = plan_count(step->plan, "n", 0);
    const char *reason;

    cost->insn = &cost_insns[step->plan->values[KEY_INSN].choice];
    reason = refuse(step, cost->insn);
    if (reason)
        return reason;
    cost->each = plan_flag(step->plan, "each");
    cost->turns = 1;
    cost->apic = &step->machine->apic;
    cost->timer = &step->machine->timer;
    cost->hlt = idle_find("hlt");
    cost->far_tsc = step_tsc(step, FAR_S * UINT64_C(1000000000));
    cost->line = step_alloc(step, LINE_BYTES);
    cost->cost = step_alloc(step, n * sizeof(*cost->cost));
    cost->plain = step_alloc(step, n * sizeof(*cost->plain));
    cost->at_tsc = step_alloc(step, n * sizeof(*cost->at_tsc));
    step->total = (uint32_t)n;
    return cost->line && cost->cost && cost->plain && cost->at_tsc ? NULL : step_no_memory;
}

/* Neither this nor the call is inlined: so the code around the copies is the same for any number of them. */
static __attribute__((noinline)) int64_t
time_copies(const struct cost *cost, void (*copies)(const struct cost *, unsigned), unsigned count, uint32_t turns)
{
    uint64_t start_tsc = tsc_begin();

    for (uint32_t i = 0; i < turns; i++)
        copies(cost, count);
    return (int64_t)(tsc_end() - start_tsc);
}

/* `count` is 8 or 16 times the number of turns. */
static int64_t time_insn(void *owner, unsigned count)
{
    const struct cost *cost = owner;

    return time_copies(cost, cost->copies, count / cost->turns, cost->turns);
}

/*
 * As many turns of the copies as make the TSC's step a small part of what is timed; one where it moves by single ticks.
 */
static void choose_turns(struct step *step, struct cost *cost)
{
    const struct clock *clock = &step->machine->clock;
    uint64_t step_tsc = clock->step.step_tsc, want_tsc = step_tsc * STEP_PARTS;
    int64_t least_tsc = INT64_MAX;

    cost->turns = 1;
    if (step_tsc == 1 || step->machine->hv.emulator || cost->each || cost->insn->sample)
        return;
    for (unsigned i = 0; i < TURNS_TRIES; i++) {
        int64_t value_tsc = time_copies(cost, cost->copies, COST_ALL, 1);

        least_tsc = value_tsc < least_tsc ? value_tsc : least_tsc;
    }
    least_tsc = least_tsc / 2 + 1;
    cost->turns = (uint32_t)(want_tsc / (uint64_t)least_tsc + 1);
    if (cost->turns > TURNS_MOST)
        cost->turns = TURNS_MOST;
}

static bool take_sample(struct step *step, struct cost *cost, int64_t *value)
{
    if (cost->insn->sample)
        return cost->insn->sample(step, cost, value);
    *value = cost->each ? time_insn(cost, COST_ONE * cost->turns) : marginal_take(&cost->marginal, time_insn, cost);
    return true;
}

static void take_samples(struct step *step, struct cost *cost)
{
    do {
        uint64_t at_tsc = tsc_now();
        int64_t value;

        if (!take_sample(step, cost, &value)) {
            step->rejected++; /* the interrupt was not pending in time */
        } else if (cost->warmed < COST_WARMUP) {
            cost->warmed++;
        } else {
            cost->cost[cost->count] = value;
            cost->at_tsc[cost->count++] = at_tsc;
        }
        step->done = cost->count;
        /* Some instructions leave an interrupt pending. */
        sti_nop_cli();
    } while (step->done + step->rejected < step->total && !step_should_return(step));
    step->complete = step->done + step->rejected >= step->total;
}

/* The floor: the stamps, or the stamps and the call. */
static void find_floor(struct step *step, struct cost *cost)
{
    cost->floor_tsc = (int64_t)step->machine->clock.read_min_tsc;
    if (cost->insn->sample)
        return;
    cost->floor_tsc = INT64_MAX;
    for (unsigned i = 0; i < COST_FLOOR_TRIES; i++) {
        int64_t value_tsc = time_copies(cost, cost_nothing, COST_ONE, 1);

        cost->floor_tsc = value_tsc < cost->floor_tsc ? value_tsc : cost->floor_tsc;
    }
}

static void cost_batch(struct step *step)
{
    struct cost *cost = step->state;

    if (cost->insn->begin)
        cost->insn->begin(step, cost);
    cost->copies = cost->insn->copies;
    if (!cost->copies)
        cost->copies = cost->msr ? cost_write_msr : cost_write_mmio;
    if (!cost->began && cost->insn->probe)
        cost->insn->probe(step, cost);
    if (!cost->began && !cost->unreal && !cost->waits) {
        choose_turns(step, cost);
        marginal_begin(&cost->marginal, step->seed, COST_HALF * cost->turns, COST_ALL * cost->turns);
        find_floor(step, cost);
        if (!step->machine->hv.emulator)
            cost->chains = core_clock_take(step);
    }
    cost->began = true;
    if (cost->unreal || cost->waits)
        step->complete = true;
    else
        take_samples(step, cost);
    apic_timer_stop(cost->apic, cost->timer);
    apic_drain(cost->apic);
    msr_restore(&step->cpu->msr_saves);
}

static const struct experiment cost = {
    .spec = {.name = "cost",
             .params = cost_params,
             .param_count = KEY_COUNT,
             .estimate_ns = cost_estimate_ns,
             .memory_bytes = cost_memory_bytes},
    .ring3 = true,
    .state_bytes = sizeof(struct cost),
    .prepare = cost_prepare,
    .batch = cost_batch,
    .finish = cost_finish,
};
LAB_EXPERIMENT(cost);
