/* SPDX-License-Identifier: MIT */
/*
 * `haltpoll test=pending`: the cost of HLT where there is nothing to wait for, beside an instruction that always exits
 * to a hypervisor.
 *
 * With interrupts off the CPU sends itself an interrupt and sees it pending: then STI;HLT by the window of the idle
 * method, and the same by that of the method spin, which is STI and a look at a word, so that both include the
 * interrupt's delivery. CPUID always exits under VMX and SVM.
 */
#include "arch/x86/time/tsc.h"
#include "experiments/haltpoll/parts.h"
#include "lib/stats.h"

enum { STAMP_EXITS_TSC = 500 }; /* no processor takes so long for RDTSC itself */

static int64_t time_cpuid(void)
{
    uint64_t start_tsc = tsc_begin();

    (void)cpuid(0, 0);
    return (int64_t)(tsc_end() - start_tsc);
}

/* One window with the interrupt already there. False: it was not pending in time. */
static bool time_window(struct run *run, const struct idle_method *method, int64_t *cost_tsc)
{
    struct haltpoll *hp = run->state;
    struct empty_path one;
    bool kept = calibrate_empty_once(run, method->wait, &hp->nap.call, &one);

    hp->nap.waits += method == hp->nap.method ? one.waits : 0;
    *cost_tsc = one.after_min_tsc;
    return kept;
}

void haltpoll_pending_go(struct run *run)
{
    struct haltpoll *hp = run->state;
    struct haltpoll_pending *pending = &hp->pending;
    const struct idle_method *spin = idle_find("spin");

    do {
        uint32_t i = pending->count;

        run->done++;
        pending->cpuid_tsc[i] = time_cpuid();
        if (time_window(run, hp->nap.method, &pending->hlt_tsc[i]) && time_window(run, spin, &pending->nop_tsc[i]))
            pending->count++;
        else
            run->rejected++;
    } while (run->done < run->total && !run_should_return(run));
    run->complete = run->done == run->total;
}

static int64_t report_one(struct run *run, const char *metric, int64_t *values_tsc, uint32_t count)
{
    const struct clock *clock = &run->machine->clock;

    result_series(run, &(struct series){.metric = metric,
                                        .unit = "tsc",
                                        .values = values_tsc,
                                        .count = count,
                                        .has_floor = true,
                                        .floor = (int64_t)clock->read_min_tsc,
                                        .floor_count = clock->read_count});
    return count ? values_tsc[count / 2] : 0;
}

/* Compares HLT's extra cost with an exit: medians, because the host's tail is in each. */
static void judge(struct run *run, int64_t cpuid_tsc, int64_t extra_tsc)
{
    const struct hv_info *hv = &run->machine->hv;

    enum confidence confidence = CONFIDENCE_HIGH;
    const char *text = "HLT with an interrupt pending leaves to the hypervisor all the same";

    if (hv->emulator) {
        text = "an emulator runs HLT and CPUID: their cost is its own";
    } else if (!hv->bit) {
        text = "no hypervisor is seen: HLT and CPUID are the processor's own";
    } else if (run->machine->clock.read_min_tsc > STAMP_EXITS_TSC) {
        text = "don't know whether HLT with an interrupt pending exits: even a time stamp does, "
               "and exits differ in price";
        confidence = CONFIDENCE_LOW;
    } else if (8 * extra_tsc <= cpuid_tsc) {
        text = "HLT with an interrupt pending costs far less than an exit: native, or not intercepted then";
        confidence = CONFIDENCE_MEDIUM;
    } else if (2 * extra_tsc < cpuid_tsc) {
        text = "don't know whether HLT with an interrupt pending exits: it costs a part of an exit";
        confidence = CONFIDENCE_LOW;
    }
    result_finding(run, "pending_hlt", confidence, text);
}

void haltpoll_report_pending(struct run *run)
{
    struct haltpoll *hp = run->state;
    struct haltpoll_pending *pending = &hp->pending;
    int64_t cpuid_tsc, hlt_tsc, nop_tsc;

    result_scalar(run, "not_pending", run->rejected, "count");
    if (!pending->count) {
        result_finding(run, "pending_hlt", CONFIDENCE_LOW,
                       "don't know: an interrupt to oneself was never pending in time");
        return;
    }
    hlt_tsc = report_one(run, "pending_hlt", pending->hlt_tsc, pending->count);
    nop_tsc = report_one(run, "pending_nop", pending->nop_tsc, pending->count);
    cpuid_tsc = report_one(run, "cpuid", pending->cpuid_tsc, pending->count);
    result_scalar(run, "hlt_extra", hlt_tsc - nop_tsc, "tsc");
    judge(run, cpuid_tsc, hlt_tsc - nop_tsc);
    result_metric(run, "hlt_p50", hlt_tsc, "tsc");
}
