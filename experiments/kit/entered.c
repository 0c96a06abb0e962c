/* SPDX-License-Identifier: MIT */
#include "experiments/kit/entered.h"

#include "lib/fixed.h"
#include "lib/infer/cstate_entered.h"

enum { PERCENT_PPM = CSTATE_PPM / 100 };

/* A late counter may have more than the time: that is all of it. */
static uint32_t share_of(uint64_t part_tsc, uint64_t whole_tsc)
{
    return part_tsc < whole_tsc ? (uint32_t)muldiv_u64(part_tsc, CSTATE_PPM, whole_tsc) : CSTATE_PPM;
}

bool entered_refuted(const struct evidence *evidence, const uint64_t moved[EVIDENCE_COUNT], uint64_t slept_tsc,
                     uint8_t want, struct entered_share *share)
{
    struct cstate_evidence shares = {.want = want};

    for (unsigned i = 0; i < RESIDENCY_COUNT && slept_tsc; i++) {
        enum evidence_counter counter = EVIDENCE_CC1 + i;

        if (!evidence_has(evidence, counter))
            continue;
        if (evidence->counted >> counter & 1)
            shares.counters |= 1u << i;
        else
            shares.zero |= 1u << i;
        shares.share_ppm[i] = share_of(moved[counter], slept_tsc);
    }
    share->percent = cstate_core_ppm(&shares, want) / PERCENT_PPM;
    return cstate_not_entered(&shares, &share->confidence);
}
