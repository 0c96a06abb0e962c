/* SPDX-License-Identifier: MIT */
/*
 * Whether the core was in the state that `wake` asked for: what the threads beside it did, and what the residency
 * counters say. A latency under another state's name is worse than none.
 */
#include "arch/x86/hv/detect.h"
#include "experiments/kit/siblings.h"
#include "experiments/wake/parts.h"
#include "lib/fixed.h"
#include "lib/infer/cstate_entered.h"

enum { PERCENT_PPM = CSTATE_PPM / 100 };

static struct nap_state state_of(const struct nap *nap)
{
    return (struct nap_state){nap->method == idle_find("ioport") ? NAP_IOPORT : NAP_MWAIT, nap->call.argument};
}

static bool is_shallower(const struct step *step, const struct wake *wake)
{
    const struct sleepers *others = &wake->nap.sleepers;

    return others->method && idle_core_state(others->method, others->argument, step_cpuid(step)) < wake->want;
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

/* A late counter may have more than the time: that is all of it. */
static uint32_t share_of(uint64_t part_tsc, uint64_t whole_tsc)
{
    return part_tsc < whole_tsc ? (uint32_t)muldiv_u64(part_tsc, CSTATE_PPM, whole_tsc) : CSTATE_PPM;
}

static struct cstate_evidence evidence_of(const struct wake *wake)
{
    struct cstate_evidence evidence = {.want = wake->want};

    for (unsigned i = 0; i < RESIDENCY_COUNT; i++) {
        enum evidence_counter counter = EVIDENCE_CC1 + i;

        if (!evidence_has(&wake->evidence, counter))
            continue;
        if (wake->evidence.counted >> counter & 1)
            evidence.counters |= 1u << i;
        else
            evidence.zero |= 1u << i;
        evidence.share_ppm[i] = share_of(wake->evidence_sum[counter], wake->silent_sum_tsc);
    }
    return evidence;
}

void wake_report_entered(struct step *step, const struct wake *wake)
{
    struct cstate_evidence evidence;

    if (wake->want <= 1)
        return;
    note_siblings(step, wake);
    if (!wake->silent_sum_tsc)
        return;
    evidence = evidence_of(wake);
    if (!cstate_not_entered(&evidence))
        return;
    step->not_entered = wake->want;
    result_say(step, "not_entered", CONFIDENCE_MEASURED,
               "C%u was asked for, and the core was in it or deeper for %u %% of the wait by its own counters: the "
               "figures are another state's",
               wake->want, cstate_core_ppm(&evidence, wake->want) / PERCENT_PPM);
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
