// SPDX-License-Identifier: MIT
/*
 * The stamped loop of `ple`: rests in HLT, then steps of PAUSE, stamp and filler, until the wish of lib/infer/ple_loop.h is met.
 *
 * What is timed is from stamp to stamp: PAUSE, the stamp, and the filler, no memory but the stack. Writing down a long step lengthens
 * the step behind it; that does not matter, because whatever made the step long has ended the loop of PAUSEs already.
 */
#include "experiments/ple.h"

#include "arch/x86/irq/vectors_regs.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/tsc.h"
#include "lib/stats.h"

enum {
    CUT_STEPS = 65,       /* of which the usual step is taken */
    CUT_MADS = 8,         /* a step so many median deviations longer is a long one */
    CUT_LEAST_TSC = 400,  /* and by so much: no exit and entry takes less (about 1000) */
    BREAK_FILLER = 8192,  /* longer than any gap */
    LAST_REST_TIMES = 11, /* the last rest is up to so long: ten milliseconds, the longest tick */
};

int64_t ple_rest(struct run *run, struct idle_call *call, uint64_t length_tsc)
{
    const struct machine *machine = run->machine;
    const struct idle_method *hlt = idle_find("hlt");
    uint64_t due_tsc;

    call->watch = &run->cpu->wake_count;
    call->watch_was = percpu_count(call->watch);
    apic_timer_setup(&machine->apic, machine->timer.one_shot, VECTOR_WAKE_TIMER);
    __atomic_store_n(&run->waiting, 1, __ATOMIC_RELAXED);
    due_tsc = apic_timer_arm(&machine->apic, &machine->timer, length_tsc);
    while (!idle_is_over(call))
        hlt->wait(call);
    __atomic_store_n(&run->waiting, 0, __ATOMIC_RELAXED);
    apic_timer_stop(&machine->apic, &machine->timer);
    return (int64_t)(call->after_tsc - due_tsc);
}

void ple_looper_init(struct run *run, struct ple_looper *looper)
{
    looper->rest_tsc = run_tsc(run, run->step->values[KEY_REST].time.value);
    looper->cut_filler[0] = UINT32_MAX;
    looper->cut_filler[1] = UINT32_MAX;
    prng_seed(&looper->prng, run->seed);
}

/* About a core cycle a round; each depends on the one before. */
static inline __attribute__((always_inline)) void fill(uint32_t rounds)
{
    __asm__ volatile("1:\n\tsubl $1, %0\n\tjnz 1b" : "+r"(rounds) : : "cc");
}

static void end_stretch(struct ple_loop *loop, struct ple_stretch stretch)
{
    loop->stretches[loop->stretch_count++] = stretch;
}

/* The steps; a copy with PAUSE and one without. */
static inline __attribute__((always_inline)) void run_steps(struct ple_loop *loop, uint64_t cut_tsc,
                                                            bool with_pause)
{
    uint64_t count = 0, first = 0, now_tsc = tsc_now(), start_tsc = now_tsc, begin_tsc = now_tsc;
    uint64_t break_at = loop->break_filler ? loop->break_after : UINT64_MAX, last_tsc;

    do {
        last_tsc = now_tsc;
        if (loop->filler)
            fill(loop->filler);
        if (count == break_at)
            fill(loop->break_filler);
        if (with_pause)
            pause();
        now_tsc = tsc_now();
        if (count++ == break_at) {
            loop->break_tsc = now_tsc - last_tsc;
        } else if (now_tsc - last_tsc > cut_tsc) {
            end_stretch(loop, (struct ple_stretch){last_tsc - begin_tsc, count - 1 - first,
                                                   now_tsc - last_tsc});
            if (loop->stretch_count >= loop->stretch_limit)
                return;
            begin_tsc = now_tsc;
            first = count;
        }
    } while (now_tsc - start_tsc < loop->limit_tsc || count < loop->least_count);
    end_stretch(loop, (struct ple_stretch){now_tsc - begin_tsc, count - first, 0});
}

static __attribute__((noinline)) void run_with(struct ple_loop *loop, uint64_t cut_tsc)
{
    run_steps(loop, cut_tsc, true);
}

static __attribute__((noinline)) void run_without(struct ple_loop *loop, uint64_t cut_tsc)
{
    run_steps(loop, cut_tsc, false);
}

static void run_either(struct ple_loop *loop, uint64_t cut_tsc)
{
    if (loop->pause)
        run_with(loop, cut_tsc);
    else
        run_without(loop, cut_tsc);
}

/* From when on a step is a long one: relative to the usual step of the same loop. Takes the same code, one step a call. */
static void measure_cut(struct ple_looper *looper, const struct ple_loop *wish)
{
    int64_t steps_tsc[CUT_STEPS], usual_tsc, extra_tsc;

    for (unsigned i = 0; i < CUT_STEPS; i++) {
        struct ple_loop one = {
            .pause = wish->pause, .filler = wish->filler, .least_count = 1, .stretch_limit = 2};

        run_either(&one, UINT64_MAX);
        steps_tsc[i] = (int64_t)one.stretches[0].tsc;
    }
    stats_sort(steps_tsc, CUT_STEPS);
    usual_tsc = stats_median(steps_tsc, CUT_STEPS);
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

/* The same code twice before it counts, then a break, so that the loop begins with warm caches and as a new one. */
static void warm_up(const struct ple_loop *wish)
{
    struct ple_loop one = {
        .pause = wish->pause, .filler = wish->filler, .least_count = 2, .stretch_limit = 2};

    run_either(&one, UINT64_MAX);
    fill(BREAK_FILLER);
}

void ple_looper_run(struct run *run, struct ple_looper *looper, struct ple_loop *loop)
{
    uint64_t cut_tsc = cut_of(looper, loop);

    for (uint32_t i = 1; i < loop->rests; i++)
        (void)ple_rest(run, &looper->call, looper->rest_tsc);
    if (loop->rests)
        (void)ple_rest(
            run, &looper->call,
            prng_range(&looper->prng, looper->rest_tsc, looper->rest_tsc * LAST_REST_TIMES));
    warm_up(loop);
    run_either(loop, cut_tsc);
}
