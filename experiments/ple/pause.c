/* SPDX-License-Identifier: MIT */
/* `ple test=pause`: what a single PAUSE takes, one stamp pair each, in turn with an empty pair and with CPUID. */
#include "arch/x86/time/tsc.h"
#include "experiments/ple/parts.h"
#include "lib/fmt.h"
#include "lib/stats.h"

enum pause_what { WHAT_PAUSE, WHAT_EMPTY, WHAT_CPUID, WHAT_COUNT };

enum { TEXT_BYTES = 160 };

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

static const char *prepare(struct run *run)
{
    struct pauses *pauses = run_alloc(run, sizeof *pauses);

    if (!pauses)
        return run_no_memory;
    run->state = pauses;
    pauses->samples = (uint32_t)run->step->values[KEY_SAMPLES].count;
    pauses->at_tsc = run_alloc(run, pauses->samples * sizeof *pauses->at_tsc);
    for (unsigned i = 0; i < WHAT_COUNT; i++) {
        pauses->tsc[i] = run_alloc(run, pauses->samples * sizeof *pauses->tsc[i]);
        if (!pauses->tsc[i])
            return run_no_memory;
    }
    run->total = pauses->samples;
    return pauses->at_tsc ? NULL : run_no_memory;
}

static void batch(struct run *run)
{
    struct pauses *pauses = run->state;
    struct idle_call *call = &pauses->call;

    while (pauses->taken < pauses->samples && !run_should_return(run)) {
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
    run->done = pauses->taken;
    run->complete = run->done == run->total;
}

static void finish(struct run *run)
{
    struct pauses *pauses = run->state;
    int64_t empty_tsc = stats_sort_median(pauses->tsc[WHAT_EMPTY], pauses->taken);
    int64_t cpuid_tsc = stats_sort_median(pauses->tsc[WHAT_CPUID], pauses->taken) - empty_tsc;
    bool virtual = run->machine->hv.bit && !run->machine->hv.emulator;
    int64_t pause_tsc;
    char text[TEXT_BYTES];

    result_series(run, &(struct series){.metric = "pause",
                                        .unit = "tsc",
                                        .values = pauses->tsc[WHAT_PAUSE],
                                        .at_tsc = pauses->at_tsc,
                                        .count = pauses->taken,
                                        .has_floor = true,
                                        .floor = empty_tsc,
                                        .floor_count = pauses->taken});
    pause_tsc = stats_median(pauses->tsc[WHAT_PAUSE], pauses->taken) - empty_tsc;
    result_scalar(run, "cpuid_net_p50", cpuid_tsc, "tsc");
    result_metric(run, "pause_net_p50", pause_tsc, "tsc");
    fmt(text, sizeof text, "a PAUSE takes %ld ticks, CPUID %ld (medians, stamps taken off)%s", pause_tsc, cpuid_tsc,
        virtual && pause_tsc * 2 > cpuid_tsc ? ": as dear as what always leaves to the hypervisor" : "");
    result_finding(run, "pause", CONFIDENCE_MEASURED, text);
}

const struct ple_test_steps ple_pause_test = {prepare, batch, finish};
