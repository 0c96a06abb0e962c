/* SPDX-License-Identifier: MIT */
/* The verdict of `cstate` on evidence that contradicts itself: a counter at zero beside one that has the time. */
#include "lib/infer/cstate_entered.h"

#include "tests/unit/tap.h"

enum { CC1 = 1 << RESIDENCY_CC1, CC6 = 1 << RESIDENCY_CC6, CC7 = 1 << RESIDENCY_CC7 };

static void check(const struct cstate_evidence *evidence, enum cstate_end end, unsigned got, enum confidence confidence,
                  const char *name)
{
    struct cstate_verdict verdict = cstate_judge(evidence);

    if (!TAP_OK(verdict.end == end && verdict.got == got && verdict.confidence == confidence, name))
        printf("# %s c%u %s (%s)\n", cstate_end_name(verdict.end), verdict.got, confidence_word(verdict.confidence),
               verdict.why);
}

/* C6 that has its time, by its own counter; each case changes one thing. */
static struct cstate_evidence c6(uint32_t share_ppm)
{
    return (struct cstate_evidence){.want = 6,
                                    .naps = 100,
                                    .kept = 100,
                                    .counters = CC6,
                                    .alive = CC6,
                                    .share_ppm[RESIDENCY_CC6] = share_ppm,
                                    .has_c0 = true,
                                    .c0_ppm = 20000,
                                    .p50_tsc = 20000,
                                    .c1_p50_tsc = 2000,
                                    .clear_tsc = 4000};
}

static void check_edges(void)
{
    struct cstate_evidence e = c6(800000);

    check(&e, CSTATE_ENTERED, 6, CONFIDENCE_HIGH, "most of the time");
    e = c6(799999);
    check(&e, CSTATE_ENTERED, 6, CONFIDENCE_MEDIUM, "half of it");
    e = c6(100000);
    check(&e, CSTATE_ENTERED, 6, CONFIDENCE_LOW, "a part of it");
    e = c6(10000);
    check(&e, CSTATE_DEMOTED, 1, CONFIDENCE_MEDIUM, "nearly nothing, by a counter that works, and it slept");
    e.has_c0 = false;
    check(&e, CSTATE_UNVERIFIED, 0, CONFIDENCE_LOW, "without MPERF nobody knows whether it slept; it felt deep");
    e = c6(0);
    e.alive = 0;
    check(&e, CSTATE_UNVERIFIED, 0, CONFIDENCE_LOW, "a counter that never moved may not work");
    e.clear_tsc = 19000;
    check(&e, CSTATE_REQUESTED, 0, CONFIDENCE_LOW, "and nothing was felt that is clearly more than C1");
    e = c6(900000);
    e.guest = true;
    check(&e, CSTATE_UNVERIFIED, 0, CONFIDENCE_LOW, "a guest's counters say nothing");
    e = c6(900000);
    e.spurious = 51;
    check(&e, CSTATE_UNVERIFIED, 0, CONFIDENCE_LOW, "most naps ended for another reason");
    e.spurious = 50;
    check(&e, CSTATE_ENTERED, 6, CONFIDENCE_HIGH, "half of them did");
}

static void check_shares(void)
{
    struct cstate_evidence e = c6(700000);
    enum confidence confidence;

    e.share_ppm[RESIDENCY_CC7] = 400000;
    TAP_INT(cstate_core_ppm(&e, 6), CSTATE_PPM, "late counters: not more than the whole time");
    TAP_INT(cstate_core_ppm(&e, 7), 400000, "of C7 alone");
    TAP_INT(cstate_package_of(&e), RESIDENCY_COUNT, "no package counter");
    e.share_ppm[RESIDENCY_PC2] = 900000;
    e.share_ppm[RESIDENCY_PC10] = CSTATE_PPM / 20;
    TAP_INT(cstate_package_of(&e), RESIDENCY_PC10, "the deepest with a twentieth");
    e.share_ppm[RESIDENCY_PC10]--;
    TAP_INT(cstate_package_of(&e), RESIDENCY_PC2, "not with less");
    e = c6(10000);
    TAP_OK(cstate_not_entered(&e, &confidence) && confidence == CONFIDENCE_MEASURED,
           "a counter that works and has nearly nothing: not entered");
    e = c6(0);
    TAP_OK(cstate_not_entered(&e, &confidence) && confidence == CONFIDENCE_LOW, "it may have stopped");
    e = c6(100000);
    TAP_OK(!cstate_not_entered(&e, &confidence), "a twentieth and more proves nothing");
    e = c6(600000);
    TAP_OK(!cstate_not_entered(&e, &confidence), "half the time is entered");
}

int main(void)
{
    enum confidence confidence;
    struct cstate_evidence deep = {
        .want = 7,
        .naps = 100,
        .kept = 100,
        .counters = CC6,
        .alive = CC6,
        .share_ppm[RESIDENCY_CC6] = 950000,
        .has_c0 = true,
        .c0_ppm = 20000,
        .p50_tsc = 200000,
        .c1_p50_tsc = 2000,
        .clear_tsc = 4000,
    };

    check(&deep, CSTATE_ENTERED, 6, CONFIDENCE_HIGH, "no counter of C7: C6's counts it");
    deep.zero = CC7;
    check(&deep, CSTATE_DEMOTED, 6, CONFIDENCE_MEDIUM, "C7's is there and at zero: C6 it was");
    deep.counters = deep.alive = CC6 | CC7;
    deep.zero = 0;
    check(&deep, CSTATE_DEMOTED, 6, CONFIDENCE_HIGH, "C7's is alive and stood: C6 it was, surely");

    deep = (struct cstate_evidence){
        .want = 6,
        .naps = 100,
        .kept = 100,
        .counters = CC1,
        .zero = CC6,
        .alive = CC1,
        .share_ppm[RESIDENCY_CC1] = 950000,
        .has_c0 = true,
        .c0_ppm = 20000,
        .p50_tsc = 20000,
        .c1_p50_tsc = 2000,
        .clear_tsc = 4000,
    };
    check(&deep, CSTATE_DEMOTED, 1, CONFIDENCE_MEDIUM, "C1's counter has the time, whatever leaving took");
    deep.counters = deep.alive = 0;
    deep.share_ppm[RESIDENCY_CC1] = 0;
    check(&deep, CSTATE_ENTERED, 6, CONFIDENCE_LOW, "without it the latency speaks");

    deep = (struct cstate_evidence){.want = CSTATE_UNKNOWN,
                                    .naps = 100,
                                    .kept = 100,
                                    .counters = CC6 | CC7,
                                    .alive = CC6 | CC7,
                                    .share_ppm[RESIDENCY_CC6] = 950000,
                                    .has_c0 = true,
                                    .c0_ppm = 20000,
                                    .p50_tsc = 20000,
                                    .c1_p50_tsc = 2000,
                                    .clear_tsc = 4000};
    check(&deep, CSTATE_UNVERIFIED, 6, CONFIDENCE_LOW, "what was asked for is unknown: the counter says what it was");
    TAP_OK(!cstate_not_entered(&deep, &confidence), "and it is not said that it was not entered");
    deep.share_ppm[RESIDENCY_CC6] = 0;
    check(&deep, CSTATE_UNVERIFIED, 0, CONFIDENCE_LOW, "and no counter moved: unknown");
    TAP_OK(!cstate_not_entered(&deep, &confidence), "nor here");
    check_edges();
    check_shares();
    return tap_done();
}
