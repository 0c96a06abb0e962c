/* SPDX-License-Identifier: MIT */
#include "experiments/kit/asked.h"

#include "arch/x86/hv/detect.h"
#include "experiments/kit/entered.h"
#include "experiments/kit/experiment.h"
#include "experiments/kit/siblings.h"
#include "lib/infer/cstate_entered.h"

static struct nap_state state_of(const struct nap *nap)
{
    return (struct nap_state){nap->method == idle_find("ioport") ? NAP_IOPORT : NAP_MWAIT, nap->call.argument};
}

static bool is_shallower(const struct step *step, const struct nap *nap, uint8_t want)
{
    const struct sleepers *others = &nap->sleepers;
    uint8_t least = want == CSTATE_UNKNOWN ? 2 : want; /* then only C1 is surely shallower */

    return others->method && idle_core_state(others->method, others->argument, step_cpuid(step)) < least;
}

static void note_siblings(struct step *step, const struct nap *nap, uint8_t want)
{
    struct beside beside = {.machine = step->machine,
                            .cpu = step->cpu,
                            .waker = nap->source->remote ? nap->from : NULL,
                            .state = state_of(nap),
                            .others = nap->awake ? NAP_OTHERS_AWAKE : NAP_OTHERS_SAME,
                            .shallow = is_shallower(step, nap, want)};

    siblings_note(step, &beside);
}

void asked_report(struct step *step, const struct nap *nap, uint8_t want, const struct evidence *evidence,
                  const uint64_t moved[EVIDENCE_COUNT], uint64_t slept_tsc)
{
    struct entered_share share;

    if (want <= 1)
        return;
    note_siblings(step, nap, want);
    if (!entered_refuted(evidence, moved, slept_tsc, want, &share))
        return;
    step->not_entered = want;
    result_say(step, "not_entered", share.confidence,
               "C%u was asked for, and the core was in it or deeper for %u %% of the wait by its own counters%s: the "
               "figures are another state's",
               want, share.percent, share.confidence == CONFIDENCE_LOW ? ", if these count" : "");
}

uint8_t asked_choose(const struct step *step, struct nap *nap)
{
    bool left_open = !nap->awake && !nap->sleepers.method && !hv_is_guest(&step->machine->hv);
    uint8_t want = idle_core_state(nap->method, nap->call.argument, step_cpuid(step));

    if (left_open && want > 1) {
        nap->sleepers.method = nap->method;
        nap->sleepers.argument = nap->call.argument;
        nap->sleepers.beside = nap->cpu;
    }
    return want;
}
