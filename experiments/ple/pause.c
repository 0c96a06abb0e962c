/* SPDX-License-Identifier: MIT */
/* `ple test=pause`: what a single PAUSE takes, one stamp pair each, in turn with an empty pair and with CPUID. */
#include "arch/x86/time/tsc.h"
#include "experiments/ple/parts.h"
#include "lib/fmt.h"
#include "lib/stats.h"

enum pause_what { WHAT_PAUSE, WHAT_EMPTY, WHAT_CPUID, WHAT_COUNT };

enum { TEXT_BYTES = 200 };

struct pauses {
    uint32_t samples;
    uint32_t taken;
    int64_t *tsc[WHAT_COUNT];
    uint64_t *at_tsc;
    struct idle_call call; /* the stamps */
};

static __attribute__((noinline)) void stamp_pause(struct idle_call *call)
{
    __asm__ volatile(WINDOW_OPEN("pause_once") "pause\n\tlfence\n\t" WINDOW_CLOSE("pause_once")
                     : WINDOW_OUTPUTS(call)
                     :
                     : WINDOW_CLOBBERS);
}

static __attribute__((noinline)) void stamp_nothing(struct idle_call *call)
{
    __asm__ volatile(WINDOW_OPEN("pause_empty") "lfence\n\t" WINDOW_CLOSE("pause_empty")
                     : WINDOW_OUTPUTS(call)
                     :
                     : WINDOW_CLOBBERS);
}

static const char *prepare(struct step *step)
{
    struct pauses *pauses = step_alloc(step, sizeof(*pauses));

    if (!pauses)
        return step_no_memory;
    step->state = pauses;
    pauses->samples = (uint32_t)step->plan->values[KEY_SAMPLES].count;
    pauses->at_tsc = step_alloc(step, pauses->samples * sizeof(*pauses->at_tsc));
    for (unsigned i = 0; i < WHAT_COUNT; i++) {
        pauses->tsc[i] = step_alloc(step, pauses->samples * sizeof(*pauses->tsc[i]));
        if (!pauses->tsc[i])
            return step_no_memory;
    }
    step->total = pauses->samples;
    return pauses->at_tsc ? NULL : step_no_memory;
}

static void batch(struct step *step)
{
    struct pauses *pauses = step->state;
    struct idle_call *call = &pauses->call;

    while (pauses->taken < pauses->samples && !step_should_return(step)) {
        uint32_t i = pauses->taken++;
        uint64_t begin_tsc;

        stamp_nothing(call);
        pauses->tsc[WHAT_EMPTY][i] = (int64_t)(call->after_tsc - call->before_tsc);
        stamp_pause(call);
        pauses->tsc[WHAT_PAUSE][i] = (int64_t)(call->after_tsc - call->before_tsc);
        pauses->at_tsc[i] = call->before_tsc;
        begin_tsc = tsc_begin();
        (void)cpuid(0, 0);
        pauses->tsc[WHAT_CPUID][i] = (int64_t)(tsc_end() - begin_tsc);
    }
    step->done = pauses->taken;
    step->complete = step->done == step->total;
}

static void finish(struct step *step)
{
    struct pauses *pauses = step->state;
    int64_t empty_tsc = stats_sort_median(pauses->tsc[WHAT_EMPTY], pauses->taken);
    int64_t cpuid_tsc = stats_sort_median(pauses->tsc[WHAT_CPUID], pauses->taken) - empty_tsc;
    bool virtual = step->machine->hv.bit && !step->machine->hv.emulator;
    int64_t pause_tsc;
    char text[TEXT_BYTES];

    if (!pauses->taken) {
        result_no_samples(step);
        return;
    }
    result_series(step, &(struct series){.metric = "pause",
                                         .unit = "tsc",
                                         .values = pauses->tsc[WHAT_PAUSE],
                                         .at_tsc = pauses->at_tsc,
                                         .count = pauses->taken,
                                         .has_floor = true,
                                         .floor = empty_tsc,
                                         .floor_count = pauses->taken});
    pause_tsc = stats_median(pauses->tsc[WHAT_PAUSE], pauses->taken) - empty_tsc;
    result_scalar(step, "cpuid_net_p50", cpuid_tsc, "tsc");
    result_metric(step, "pause_net_p50", pause_tsc, "tsc");
    fmt(text, sizeof(text), "a PAUSE takes %ld ticks, CPUID %ld (medians, stamps taken off)%s", pause_tsc, cpuid_tsc,
        virtual && pause_tsc * 2 > cpuid_tsc ? ": as dear as CPUID, so that it leaves to the hypervisor if CPUID does"
                                             : "");
    result_finding(step, "pause", CONFIDENCE_MEASURED, text);
}

const struct ple_test_steps ple_pause_test = {prepare, batch, finish};
