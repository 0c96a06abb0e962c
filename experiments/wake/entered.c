/* SPDX-License-Identifier: MIT */
/*
 * Whether the core was in the state that `wake` asked for: what the threads beside it did, and what the residency
 * counters say. A latency under another state's name is worse than none.
 */
#include "arch/x86/hv/detect.h"
#include "experiments/kit/entered.h"
#include "experiments/kit/siblings.h"
#include "experiments/wake/parts.h"
#include "lib/infer/cstate_entered.h"

static struct nap_state state_of(const struct nap *nap)
{
    return (struct nap_state){nap->method == idle_find("ioport") ? NAP_IOPORT : NAP_MWAIT, nap->call.argument};
}

static bool is_shallower(const struct step *step, const struct wake *wake)
{
    const struct sleepers *others = &wake->nap.sleepers;
    uint8_t least = wake->want == CSTATE_UNKNOWN ? 2 : wake->want; /* then only C1 is surely shallower */

    return others->method && idle_core_state(others->method, others->argument, step_cpuid(step)) < least;
}

static void note_siblings(struct step *step, const struct wake *wake)
{
    const struct nap *nap = &wake->nap;
    struct beside beside = {.machine = step->machine,
                            .cpu = step->cpu,
                            .waker = nap->source->remote ? nap->from : NULL,
                            .state = state_of(nap),
                            .others = nap->awake ? NAP_OTHERS_AWAKE : NAP_OTHERS_SAME,
                            .shallow = is_shallower(step, wake)};

    siblings_note(step, &beside);
}

void wake_report_entered(struct step *step, const struct wake *wake)
{
    struct entered_share share;

    if (wake->want <= 1)
        return;
    note_siblings(step, wake);
    if (!entered_refuted(&wake->evidence, wake->evidence_sum, wake->silent_sum_tsc, wake->want, &share))
        return;
    step->not_entered = wake->want;
    result_say(step, "not_entered", share.confidence,
               "C%u was asked for, and the core was in it or deeper for %u %% of the wait by its own counters%s: the "
               "figures are another state's",
               wake->want, share.percent, share.confidence == CONFIDENCE_LOW ? ", if these count" : "");
}

void wake_choose_siblings(const struct step *step, struct wake *wake)
{
    struct nap *nap = &wake->nap;
    bool left_open = !nap->awake && !nap->sleepers.method && !hv_is_guest(&step->machine->hv);

    wake->want = idle_core_state(nap->method, nap->call.argument, step_cpuid(step));
    if (!left_open || wake->want <= 1)
        return;
    nap->sleepers.method = nap->method;
    nap->sleepers.argument = nap->call.argument;
    nap->sleepers.beside = nap->cpu;
}
