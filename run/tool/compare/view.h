/* SPDX-License-Identifier: MIT */
/* What the parts of `compare` share; used by nothing else. */
#ifndef LAB_TOOL_COMPARE_VIEW_H
#define LAB_TOOL_COMPARE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "run/tool/log/load.h"
#include "run/tool/compare/rank_sum.h"

/* One side: several boots of what should be the same. */
struct compare_side {
    struct model models[RANK_SUM_SIDE_MAX];
    size_t log_count;
};

/* One quantile of one step on both sides. n is boots, never samples: the samples of one boot are not independent. */
struct compare_row {
    const char *step, *quantile, *unit;
    const char *part;        /* row of the step's table; empty for the step's own metric */
    size_t a_count, b_count; /* boots that have it; both at least 1 */
    double a, b;             /* medians over the boots */
    double change_pct;       /* of b against a */
    bool has_interval;       /* of the change */
    double low_pct, high_pct;
    bool tested; /* p and cliff are known: at least 2 boots a side */
    double p, cliff;
    double ks;        /* largest distance of the pooled distributions, 0 to 1; negative where unknown */
    bool significant; /* p < 0.05; with one boot a side: the intervals of the quantile do not overlap */
};

/* Fills *row for `quantile` of the metric (NULL: the main one) of step `step`. False where one side has none of it. */
bool compare_quantile(struct compare_side *a, struct compare_side *b, const char *step, const char *metric,
                      const char *quantile, struct compare_row *row);

/* Prints the differences between the platforms of the two sides. Returns how many of them decide. */
size_t compare_platforms(FILE *out, struct compare_side *a, struct compare_side *b);

#endif
