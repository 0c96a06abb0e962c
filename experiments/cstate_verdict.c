// SPDX-License-Identifier: MIT
/*
 * Requested against entered: the verdict from what the counters and the latencies of one state say. Pure.
 *
 * A residency counter that moved is proof. Where there is none, MPERF tells C0 from not C0, and the latency tells deep from shallow: that
 * is an inference, and is called so. "Demoted" needs a counter that says where the time went, or one that is known to be alive; a counter
 * that never moved may be a lie, and then only the latency speaks. The reasons are words that docs/cstates.md, section 2, explains.
 */
#include "experiments/cstate.h"

enum {
    MOST_PPM = CSTATE_PPM / 10 * 8,
    HALF_PPM = CSTATE_PPM / 2,
    SOME_PPM = CSTATE_PPM / 20,
    AWAKE_PPM = CSTATE_PPM / 10 * 9,
    DEEPER_RATIO = 2,
};

static struct cstate_verdict say(enum cstate_end end, unsigned got, enum infer_confidence sure,
                                 const char *why)
{
    return (struct cstate_verdict){end, (uint8_t)got, sure, why};
}

static bool never_slept(const struct cstate_evidence *e)
{
    return e->has_c0 && e->c0_ppm >= AWAKE_PPM;
}

/* Leaving it takes clearly longer than leaving C1. */
static bool feels_deep(const struct cstate_evidence *e)
{
    return e->c1_p50_tsc > 0 && e->p50_tsc > DEEPER_RATIO * e->c1_p50_tsc &&
           e->p50_tsc - e->c1_p50_tsc > e->clear_tsc;
}

/* The deepest core counter with most of the time; 0: none. */
static unsigned deepest(const struct cstate_evidence *e)
{
    for (unsigned i = RESIDENCY_CC7 + 1; i-- > RESIDENCY_CC1;) {
        if (e->share_ppm[i] >= HALF_PPM)
            return residency_depth(i);
    }
    return 0;
}

static struct cstate_verdict judge_c1(const struct cstate_evidence *e)
{
    unsigned got = deepest(e);

    if (got > 1)
        return say(CSTATE_ENTERED, got, INFER_HIGH, "deeper");
    if (got == 1)
        return say(CSTATE_ENTERED, 1, INFER_HIGH, "counter");
    if (never_slept(e))
        return say(CSTATE_REQUESTED, 0, INFER_MEDIUM, "awake");
    if (e->has_c0 && e->c0_ppm <= HALF_PPM)
        return say(CSTATE_ENTERED, 1, INFER_MEDIUM, "mperf");
    return say(CSTATE_UNVERIFIED, 0, INFER_LOW, "no_counter");
}

/* No residency counter for states as deep as that: MPERF and the latency. */
static struct cstate_verdict infer_deep(const struct cstate_evidence *e)
{
    if (!e->has_c0)
        return say(CSTATE_UNVERIFIED, 0, INFER_LOW, "no_counter");
    if (e->c0_ppm > HALF_PPM)
        return say(CSTATE_REQUESTED, 0, INFER_MEDIUM, "awake");
    if (feels_deep(e))
        return say(CSTATE_ENTERED, e->want, INFER_LOW, "inferred");
    return say(CSTATE_REQUESTED, 0, INFER_LOW, "like_c1");
}

/* Counters are there, and none that tells where the time went. */
static struct cstate_verdict judge_missing(const struct cstate_evidence *e, uint32_t deep)
{
    bool slept = e->has_c0 && e->c0_ppm <= HALF_PPM;

    if ((e->alive & deep) && slept)
        return say(CSTATE_DEMOTED, 1, INFER_MEDIUM, "moves_elsewhere");
    if (feels_deep(e))
        return say(CSTATE_UNVERIFIED, 0, INFER_LOW, "stands_still");
    return say(CSTATE_REQUESTED, slept, INFER_LOW, "like_c1");
}

static struct cstate_verdict judge_deep(const struct cstate_evidence *e)
{
    uint32_t share = cstate_core_ppm(e, e->want), deep = 0;
    unsigned got = deepest(e);

    for (unsigned i = RESIDENCY_CC1; i <= RESIDENCY_CC7; i++)
        deep |= residency_depth(i) >= e->want ? e->counters & 1u << i : 0;
    /* Where C7 has no counter of its own, C6's counts it. */
    if (e->want == 7 && !deep && (e->counters & 1u << RESIDENCY_CC6)) {
        deep = 1u << RESIDENCY_CC6;
        share = e->share_ppm[RESIDENCY_CC6];
    }
    if (!deep && got < 3)
        return infer_deep(e);
    if (share >= HALF_PPM)
        return say(CSTATE_ENTERED, got ? got : e->want,
                   share >= MOST_PPM ? INFER_HIGH : INFER_MEDIUM, "counter");
    if (got)
        return say(CSTATE_DEMOTED, got, share < SOME_PPM ? INFER_HIGH : INFER_MEDIUM,
                   "other_counter");
    if (share >= SOME_PPM)
        return say(CSTATE_ENTERED, e->want, INFER_LOW, "part");
    return judge_missing(e, deep);
}

struct cstate_verdict cstate_judge(const struct cstate_evidence *evidence)
{
    if (evidence->guest)
        return say(CSTATE_UNVERIFIED, 0, INFER_LOW, "guest");
    if (!evidence->kept || evidence->spurious > evidence->naps / 2)
        return say(CSTATE_UNVERIFIED, 0, INFER_LOW, "early");
    if (evidence->want == 1)
        return judge_c1(evidence);
    return judge_deep(evidence);
}

const char *cstate_end_name(enum cstate_end end)
{
    static const char *const names[] = {[CSTATE_ENTERED] = "entered",
                                        [CSTATE_REQUESTED] = "requested",
                                        [CSTATE_DEMOTED] = "demoted",
                                        [CSTATE_UNVERIFIED] = "unverified"};

    return names[end];
}
