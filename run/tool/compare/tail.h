/* SPDX-License-Identifier: MIT */
/*
 * Whether boots have the samples that a comparison of a quantile needs. A quantile of few samples is one of the last
 * ones, which stands for a share of all samples that depends on their number: the largest of 115 lies lower than the
 * second largest of 2000, in boots that are alike. Pure arithmetic.
 */
#ifndef LAB_TOOL_COMPARE_TAIL_H
#define LAB_TOOL_COMPARE_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the boots of one side have of one quantile. */
struct tail {
    bool outermost;   /* in one of them it is the largest sample, or the smallest */
    double log_sum;   /* of the shares of samples at the quantile and beyond it */
    double log_n_sum; /* of the numbers of samples */
    size_t boots;
};

enum tail_verdict {
    TAIL_FINE,
    TAIL_OUTERMOST, /* it is the outermost sample of a boot; never for the minimum and the maximum themselves */
    /*
     * The sides' shares beyond it differ by a factor above 1.22; or their numbers of samples by more than four times:
     * then one side spreads more, and boots cannot be dealt anew as if they were alike.
     */
    TAIL_UNLIKE,
};

/* Adds a boot of n samples (0: not known, no say); parts as in lib/quantile.h. */
void tail_add(struct tail *tail, uint64_t n, uint32_t parts);

enum tail_verdict tail_judge(const struct tail *a, const struct tail *b);

#endif
