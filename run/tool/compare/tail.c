/* SPDX-License-Identifier: MIT */
#include "run/tool/compare/tail.h"

#include <math.h>

#include "lib/quantile.h"

/* The sides' shares beyond the quantile may differ by this factor; tests/statistics/tails.c says what that costs. */
#define RATIO_MAX 1.25

void tail_add(struct tail *tail, uint64_t n, uint32_t parts)
{
    uint64_t rank, beyond;

    if (n == 0)
        return;
    rank = quantile_rank(n, parts);
    beyond = parts > QUANTILE_ONE / 2 ? n - rank + 1 : rank;
    tail->outermost |= beyond == 1 && parts > 0 && parts < QUANTILE_ONE;
    tail->log_sum += log((double)beyond / (double)(n + 1));
    tail->boots++;
}

enum tail_verdict tail_judge(const struct tail *a, const struct tail *b)
{
    if (a->outermost || b->outermost)
        return TAIL_OUTERMOST;
    if (a->boots == 0 || b->boots == 0)
        return TAIL_FINE;
    return fabs(a->log_sum / (double)a->boots - b->log_sum / (double)b->boots) > log(RATIO_MAX) ? TAIL_UNLIKE
                                                                                                : TAIL_FINE;
}
