/* SPDX-License-Identifier: MIT */
#include "run/tool/compare/tail.h"

#include <math.h>

#include "lib/quantile.h"

/* The sides' shares beyond the quantile may differ by this factor; tests/statistics/tails.c says what that costs. */
#define RATIO_MAX   1.22
/* And their numbers of samples by this one. */
#define SAMPLES_MAX 4.0

void tail_add(struct tail *tail, uint64_t n, uint32_t parts)
{
    uint64_t rank, beyond;

    if (n == 0)
        return;
    rank = quantile_rank(n, parts);
    beyond = parts > QUANTILE_ONE / 2 ? n - rank + 1 : rank;
    tail->outermost |= beyond == 1 && parts > 0 && parts < QUANTILE_ONE;
    tail->log_sum += log((double)beyond / (double)(n + 1));
    tail->log_n_sum += log((double)n);
    tail->boots++;
}

/* True where the means of two sums of logarithms are further apart than a factor. */
static bool are_apart(double a_sum, size_t a_count, double b_sum, size_t b_count, double factor)
{
    return fabs(a_sum / (double)a_count - b_sum / (double)b_count) > log(factor) + 1e-9;
}

enum tail_verdict tail_judge(const struct tail *a, const struct tail *b)
{
    if (a->outermost || b->outermost)
        return TAIL_OUTERMOST;
    if (a->boots == 0 || b->boots == 0)
        return TAIL_FINE;
    return are_apart(a->log_sum, a->boots, b->log_sum, b->boots, RATIO_MAX) ||
                   are_apart(a->log_n_sum, a->boots, b->log_n_sum, b->boots, SAMPLES_MAX)
               ? TAIL_UNLIKE
               : TAIL_FINE;
}
