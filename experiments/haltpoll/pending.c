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
#include "lib/infer/halt_pending.h"
#include "lib/stats.h"

static int64_t time_cpuid(void)
{
    uint64_t start_tsc = tsc_begin();

    (void)cpuid(0, 0);
    return (int64_t)(tsc_end() - start_tsc);
}

/* One window with the interrupt already there. False: it was not pending in time. */
static bool time_window(struct step *step, const struct idle_method *method, int64_t *cost_tsc)
{
    struct haltpoll *hp = step->state;
    struct empty_path one;
    bool kept = calibrate_empty_once(step, method->wait, &hp->nap.call, &one);

    hp->nap.waits += method == hp->nap.method ? one.waits : 0;
    *cost_tsc = one.plain.after_min_tsc;
    return kept;
}

void haltpoll_pending_go(struct step *step)
{
    struct haltpoll *hp = step->state;
    struct haltpoll_pending *pending = &hp->pending;
    const struct idle_method *spin = idle_find("spin");

    do {
        uint32_t i = pending->count;

        step->done++;
        pending->cpuid_tsc[i] = time_cpuid();
        if (time_window(step, hp->nap.method, &pending->hlt_tsc[i]) && time_window(step, spin, &pending->nop_tsc[i]))
            pending->count++;
        else
            step->rejected++;
    } while (step->done < step->total && !step_should_return(step));
    step->complete = step->done == step->total;
}

static int64_t report_one(struct step *step, const char *metric, int64_t *values_tsc, uint32_t count)
{
    const struct clock *clock = &step->machine->clock;

    result_series(step, &(struct series){.metric = metric,
                                         .unit = "tsc",
                                         .values = values_tsc,
                                         .count = count,
                                         .has_floor = true,
                                         .floor = (int64_t)clock->read_min_tsc,
                                         .floor_count = clock->read_count});
    return count ? values_tsc[count / 2] : 0;
}

static void judge(struct step *step, const struct halt_pending_costs *costs)
{
    static const char *const words[] = {
        [HALT_PENDING_LEAVES] = "HLT with an interrupt pending leaves to the hypervisor all the same",
        [HALT_PENDING_STAYS] =
            "HLT with an interrupt pending costs far less than an exit: native, or not intercepted then",
        [HALT_PENDING_STAMPS] =
            "don't know whether HLT with an interrupt pending exits: time stamps exit too, and exits differ in price",
        [HALT_PENDING_DELIVERY] = "don't know whether HLT with an interrupt pending exits: taking the interrupt does",
        [HALT_PENDING_PART] = "don't know whether HLT with an interrupt pending exits: it costs a part of an exit",
        [HALT_PENDING_SLEPT] =
            "don't know whether HLT with an interrupt pending exits: it costs many times an exit, as a CPU that sleeps",
    };
    const struct hv_info *hv = &step->machine->hv;
    enum confidence confidence = CONFIDENCE_HIGH;
    const char *text = hv->emulator ? "an emulator runs HLT and CPUID: their cost is its own"
                                    : "no hypervisor is seen: HLT and CPUID are the processor's own";

    if (hv->bit && !hv->emulator)
        text = words[halt_pending_judge(costs, &confidence)];
    result_finding(step, "pending_hlt", confidence, text);
}

void haltpoll_report_pending(struct step *step)
{
    struct haltpoll *hp = step->state;
    struct haltpoll_pending *pending = &hp->pending;
    int64_t cpuid_tsc, hlt_tsc, nop_tsc;

    result_scalar(step, "not_pending", step->rejected, "count");
    if (!pending->count) {
        result_finding(step, "pending_hlt", CONFIDENCE_LOW, "don't know: a self-IPI was never pending in time");
        result_no_samples(step);
        return;
    }
    hlt_tsc = report_one(step, "pending_hlt", pending->hlt_tsc, pending->count);
    nop_tsc = report_one(step, "pending_nop", pending->nop_tsc, pending->count);
    cpuid_tsc = report_one(step, "cpuid", pending->cpuid_tsc, pending->count);
    result_scalar(step, "hlt_extra", hlt_tsc - nop_tsc, "tsc");
    judge(step, &(struct halt_pending_costs){cpuid_tsc, hlt_tsc, nop_tsc, (int64_t)step->machine->clock.read_min_tsc});
    result_metric(step, "hlt_p50", hlt_tsc, "tsc");
}
