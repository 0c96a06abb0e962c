/* SPDX-License-Identifier: MIT */
#include "lib/infer/cstate_entered.h"

#include "lib/fixed.h"

enum {
    MOST_PPM = CSTATE_PPM / 10 * 8,
    HALF_PPM = CSTATE_PPM / 2,
    SOME_PPM = CSTATE_PPM / 20,
    AWAKE_PPM = CSTATE_PPM / 10 * 9,
    DEEPER_RATIO = 2,
    HALF_PERCENT = 50,
    MOST_PERCENT = 110,
};

enum reason {
    COUNTER,      /* has most of the time */
    COUNTER_HALF, /* has half of it */
    DEEPER,
    OTHER_COUNTER,
    OTHER_MOSTLY,
    PART,
    MPERF,
    MOVES_ELSEWHERE,
    STANDS_STILL,
    INFERRED,
    LIKE_C1,
    AWAKE,
    NO_COUNTER,
    EARLY,
    GUEST,
    REQUEST,
    REASONS,
};

/* The core's state that a verdict names. */
enum got { GOT_UNKNOWN, GOT_C1, GOT_WANT, GOT_DEEPEST, GOT_COUNTED };

static const struct {
    const char *why;
    uint8_t end, confidence, got;
} reasons[REASONS] = {
    [COUNTER] = {"counter", CSTATE_ENTERED, CONFIDENCE_HIGH, GOT_DEEPEST},
    [COUNTER_HALF] = {"counter", CSTATE_ENTERED, CONFIDENCE_MEDIUM, GOT_DEEPEST},
    [DEEPER] = {"deeper", CSTATE_ENTERED, CONFIDENCE_HIGH, GOT_DEEPEST},
    [OTHER_COUNTER] = {"other_counter", CSTATE_DEMOTED, CONFIDENCE_HIGH, GOT_DEEPEST},
    [OTHER_MOSTLY] = {"other_counter", CSTATE_DEMOTED, CONFIDENCE_MEDIUM, GOT_DEEPEST},
    [PART] = {"part", CSTATE_ENTERED, CONFIDENCE_LOW, GOT_WANT},
    [MPERF] = {"mperf", CSTATE_ENTERED, CONFIDENCE_MEDIUM, GOT_C1},
    [MOVES_ELSEWHERE] = {"moves_elsewhere", CSTATE_DEMOTED, CONFIDENCE_MEDIUM, GOT_C1},
    [STANDS_STILL] = {"stands_still", CSTATE_UNVERIFIED, CONFIDENCE_LOW, GOT_UNKNOWN},
    [INFERRED] = {"inferred", CSTATE_ENTERED, CONFIDENCE_LOW, GOT_WANT},
    [LIKE_C1] = {"like_c1", CSTATE_REQUESTED, CONFIDENCE_LOW, GOT_UNKNOWN},
    [AWAKE] = {"awake", CSTATE_REQUESTED, CONFIDENCE_MEDIUM, GOT_UNKNOWN},
    [NO_COUNTER] = {"no_counter", CSTATE_UNVERIFIED, CONFIDENCE_LOW, GOT_UNKNOWN},
    [EARLY] = {"early", CSTATE_UNVERIFIED, CONFIDENCE_LOW, GOT_UNKNOWN},
    [GUEST] = {"guest", CSTATE_UNVERIFIED, CONFIDENCE_LOW, GOT_UNKNOWN},
    [REQUEST] = {"request", CSTATE_UNVERIFIED, CONFIDENCE_LOW, GOT_COUNTED},
};

uint32_t cstate_core_ppm(const struct cstate_evidence *evidence, uint8_t depth)
{
    uint32_t sum = 0;

    for (unsigned i = RESIDENCY_CC1; i <= RESIDENCY_CC7; i++)
        if (residency_depth(i) >= depth)
            sum += evidence->share_ppm[i];
    return sum < CSTATE_PPM ? sum : CSTATE_PPM;
}

enum residency cstate_package_of(const struct cstate_evidence *evidence)
{
    for (unsigned i = RESIDENCY_PC10; i >= RESIDENCY_PC2; i--)
        if (evidence->share_ppm[i] >= SOME_PPM)
            return i;
    return RESIDENCY_COUNT;
}

static bool slept(const struct cstate_evidence *e)
{
    return e->has_c0 && e->c0_ppm <= HALF_PPM;
}

/* True where leaving it takes clearly longer than leaving C1. */
static bool feels_deep(const struct cstate_evidence *e)
{
    return e->c1_p50_tsc > 0 && e->p50_tsc > DEEPER_RATIO * e->c1_p50_tsc && e->p50_tsc - e->c1_p50_tsc > e->clear_tsc;
}

/* The deepest core counter with half of the time or more; 0: none. */
static unsigned deepest(const struct cstate_evidence *e)
{
    for (unsigned i = RESIDENCY_CC7 + 1; i-- > RESIDENCY_CC1;)
        if (e->share_ppm[i] >= HALF_PPM)
            return residency_depth(i);
    return 0;
}

enum residency cstate_proven(const uint64_t *residency_tsc, uint64_t slept_tsc, uint32_t *percent)
{
    enum residency proven = RESIDENCY_COUNT;

    for (unsigned i = RESIDENCY_CC1; i <= RESIDENCY_CC7 && slept_tsc; i++) {
        uint64_t share = muldiv_u64(residency_tsc[i], 100, slept_tsc);

        if (share > MOST_PERCENT)
            return RESIDENCY_COUNT;
        if (share >= HALF_PERCENT) {
            proven = i;
            *percent = (uint32_t)share;
        }
    }
    return proven;
}

static enum reason judge_c1(const struct cstate_evidence *e)
{
    unsigned got = deepest(e);

    if (got)
        return got > 1 ? DEEPER : COUNTER;
    if (e->has_c0 && e->c0_ppm >= AWAKE_PPM)
        return AWAKE;
    return slept(e) ? MPERF : NO_COUNTER;
}

/* No residency counter for states that deep: infers from MPERF and the latency. */
static enum reason infer_deep(const struct cstate_evidence *e)
{
    if (!e->has_c0)
        return NO_COUNTER;
    if (!slept(e))
        return AWAKE;
    return feels_deep(e) ? INFERRED : LIKE_C1;
}

/*
 * The counters of states at least as deep as the wanted one, and their share. Where C7 has no counter, C6's counts it.
 * A C7 counter that stands at zero says that C7 was never entered.
 */
static uint32_t deep_counters(const struct cstate_evidence *e, uint32_t *share_ppm)
{
    uint32_t deep = 0;

    *share_ppm = cstate_core_ppm(e, e->want);
    for (unsigned i = RESIDENCY_CC1; i <= RESIDENCY_CC7; i++)
        deep |= residency_depth(i) >= e->want ? e->counters & 1u << i : 0;
    if (e->want == 7 && !deep && !(e->zero & 1u << RESIDENCY_CC7) && (e->counters & 1u << RESIDENCY_CC6)) {
        deep = 1u << RESIDENCY_CC6;
        *share_ppm = e->share_ppm[RESIDENCY_CC6];
    }
    return deep;
}

static enum reason judge_deep(const struct cstate_evidence *e)
{
    uint32_t share, deep = deep_counters(e, &share);
    unsigned got = deepest(e);

    if (!deep && !got)
        return infer_deep(e);
    if (share >= HALF_PPM)
        return share >= MOST_PPM ? COUNTER : COUNTER_HALF;
    if (got)
        return deep && share < SOME_PPM ? OTHER_COUNTER : OTHER_MOSTLY;
    if (share >= SOME_PPM)
        return PART;
    /* There are counters, and none shows where the time went. */
    if ((e->alive & deep) && slept(e))
        return MOVES_ELSEWHERE;
    return feels_deep(e) ? STANDS_STILL : LIKE_C1;
}

static enum reason judge(const struct cstate_evidence *e)
{
    if (e->guest)
        return GUEST;
    if (!e->kept || e->spurious > e->naps / 2)
        return EARLY;
    if (e->want == CSTATE_UNKNOWN)
        return REQUEST;
    return e->want == 1 ? judge_c1(e) : judge_deep(e);
}

struct cstate_verdict cstate_judge(const struct cstate_evidence *evidence)
{
    enum reason reason = judge(evidence);
    unsigned rule = reasons[reason].got, got = rule == GOT_C1;

    if (rule == GOT_DEEPEST || rule == GOT_COUNTED)
        got = deepest(evidence);
    if (rule == GOT_WANT || (rule == GOT_DEEPEST && !got))
        got = evidence->want;
    return (struct cstate_verdict){
        .end = (enum cstate_end)reasons[reason].end,
        .got = (uint8_t)got,
        .confidence = (enum confidence)reasons[reason].confidence,
        .why = reasons[reason].why,
    };
}

bool cstate_not_entered(const struct cstate_evidence *evidence, enum confidence *confidence)
{
    uint32_t share, deep = deep_counters(evidence, &share);

    *confidence = share || deepest(evidence) ? CONFIDENCE_MEASURED : CONFIDENCE_LOW;
    if (evidence->want <= 1 || evidence->want == CSTATE_UNKNOWN || share >= HALF_PPM)
        return false;
    return deepest(evidence) || (deep && share < SOME_PPM);
}

const char *cstate_end_name(enum cstate_end end)
{
    static const char *const names[] = {[CSTATE_ENTERED] = "entered",
                                        [CSTATE_REQUESTED] = "requested",
                                        [CSTATE_DEMOTED] = "demoted",
                                        [CSTATE_UNVERIFIED] = "unverified"};

    return names[end];
}
