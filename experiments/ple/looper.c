/* SPDX-License-Identifier: MIT */
/* One loop of `ple`: the limit of a long step, the rests in HLT, then the steps. */
#include "experiments/ple/parts.h"

#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "experiments/ple/steps.h"
#include "lib/stats.h"

enum {
    CUT_STEPS = 65,      /* of which the usual step is taken */
    CUT_MADS = 8,        /* a step this many median deviations longer is a long one */
    CUT_LEAST_TSC = 400, /* and at least by this: no exit and entry takes less (about 1000) */
    BREAK_FILLER = 8192, /* longer than any gap */
    LAST_REST_TIMES =
        11, /* the last rest is one to this many rests long: the range is ten milliseconds, the longest tick */
};

int64_t ple_rest(struct step *step, struct idle_call *call, uint64_t length_tsc)
{
    const struct machine *machine = step->machine;
    const struct idle_method *hlt = idle_find("hlt");
    uint64_t due_tsc;

    call->watch = &step->cpu->wake_count;
    call->watch_was = percpu_count(call->watch);
    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_WAKE_TIMER);
    __atomic_store_n(&step->waiting, 1, __ATOMIC_RELAXED);
    due_tsc = apic_timer_arm(&machine->apic, &machine->timer, length_tsc);
    while (!idle_is_over(call))
        hlt->wait(call);
    __atomic_store_n(&step->waiting, 0, __ATOMIC_RELAXED);
    apic_timer_stop(&machine->apic, &machine->timer);
    return (int64_t)(call->after_tsc - due_tsc);
}

void ple_looper_init(struct step *step, struct ple_looper *looper)
{
    looper->rest_tsc = step_time_tsc(step, KEY_REST);
    looper->cut_filler[0] = UINT32_MAX;
    looper->cut_filler[1] = UINT32_MAX;
    prng_seed(&looper->prng, step->seed);
}

/* The length of a long step, against the loop's usual step, timed by the same code with one step a call. */
static void measure_cut(struct ple_looper *looper, const struct ple_loop *wish)
{
    int64_t steps_tsc[CUT_STEPS], usual_tsc, extra_tsc;

    for (unsigned i = 0; i < CUT_STEPS; i++) {
        struct ple_loop one = {.pause = wish->pause, .filler = wish->filler, .least_count = 1, .stretch_limit = 2};

        ple_steps_run(&one, UINT64_MAX);
        steps_tsc[i] = (int64_t)one.stretches[0].tsc;
    }
    usual_tsc = stats_sort_median(steps_tsc, CUT_STEPS);
    extra_tsc = stats_mad(steps_tsc, CUT_STEPS, usual_tsc) * CUT_MADS;
    if (extra_tsc < usual_tsc / 2)
        extra_tsc = usual_tsc / 2;
    if (extra_tsc < CUT_LEAST_TSC)
        extra_tsc = CUT_LEAST_TSC;
    looper->cut_tsc[wish->pause] = (uint64_t)(usual_tsc + extra_tsc);
    looper->cut_filler[wish->pause] = wish->filler;
}

/* The control must not count what the loop with PAUSE would overlook. */
static uint64_t cut_of(struct ple_looper *looper, const struct ple_loop *loop)
{
    uint64_t cut_tsc;

    if (looper->cut_filler[loop->pause] != loop->filler)
        measure_cut(looper, loop);
    cut_tsc = looper->cut_tsc[loop->pause];
    return !loop->pause && looper->cut_tsc[1] > cut_tsc ? looper->cut_tsc[1] : cut_tsc;
}

/* Runs the same code twice uncounted, then a break, so that the loop begins with warm caches and as a new one. */
static void warm_up(const struct ple_loop *wish)
{
    struct ple_loop one = {.pause = wish->pause, .filler = wish->filler, .least_count = 2, .stretch_limit = 2};

    ple_steps_run(&one, UINT64_MAX);
    ple_steps_fill(BREAK_FILLER);
}

void ple_looper_run(struct step *step, struct ple_looper *looper, struct ple_loop *loop)
{
    uint64_t cut_tsc = cut_of(looper, loop);

    for (uint32_t i = 1; i < loop->rests; i++)
        (void)ple_rest(step, &looper->call, looper->rest_tsc);
    if (loop->rests)
        (void)ple_rest(step, &looper->call,
                       prng_range(&looper->prng, looper->rest_tsc, looper->rest_tsc * LAST_REST_TIMES));
    warm_up(loop);
    ple_steps_run(loop, cut_tsc);
}
