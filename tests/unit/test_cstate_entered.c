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

int main(void)
{
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
    TAP_OK(!cstate_not_entered(&deep), "and it is not said that it was not entered");
    deep.share_ppm[RESIDENCY_CC6] = 0;
    check(&deep, CSTATE_UNVERIFIED, 0, CONFIDENCE_LOW, "and no counter moved: unknown");
    TAP_OK(!cstate_not_entered(&deep), "nor here");
    return tap_done();
}
