/* SPDX-License-Identifier: MIT */
/*
 * Whether samples in order of arrival look independent, and what each quantile is worth where they do not.
 *
 * The interval of order statistics (lib/quantile.h) holds for independent samples only. Five looks at the order:
 *  - rank autocorrelation at lags 1 and 2 beyond 4 / sqrt(n): `clustered`;
 *  - positive rank autocorrelations at lags 1 to 20 together, of 200 to 10,000 samples: `clustered`;
 *  - samples beyond a quantile that follow each other more often than chance: that quantile is clustered;
 *  - halves of the series whose intervals of the median do not meet, or quarters further apart than the blocks within
 *    them say (analysis of variance), so that a level that comes back is seen, too: `drifts`;
 *  - 20 blocks or 5 whose shares at or below the median scatter more than chance: `clustered`.
 * Where a quantile is clustered, the counts of samples at or below it in 20 blocks say how many independent samples
 * would scatter as much (batch means: G. Fishman, Discrete-Event Simulation, 2001, chapter 6): its effective number.
 * 10 blocks and 5 say it, too, and the least number counts; where 5 blocks say less than half of what 20 do, there is
 * none. Where nothing is raised the scatter of blocks counts as well, if it is 1.6 times that of independent samples.
 * A scatter is itself estimated from a few blocks: a factor, (t / 1.96)^2 of Student's t, pays for it. Blocks see only
 * what changes several times within the series, so few effective samples mean none.
 *
 * Integers only; any context; nothing allocates.
 */
#ifndef LAB_LIB_DEPENDENCE_H
#define LAB_LIB_DEPENDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/quantile.h"

enum {
    DEPENDENCE_LEAST = 20,           /* fewer samples are not judged */
    DEPENDENCE_BLOCKS = 20,          /* blocks of equal length */
    DEPENDENCE_EFFECTIVE_LEAST = 40, /* fewer effective samples: no interval */
};

struct dependence {
    bool judged;                        /* n is at least DEPENDENCE_LEAST */
    bool clustered;                     /* the whole series: neighbours have similar ranks */
    bool quantiles_clustered;           /* at least one quantile's samples, or its blocks */
    bool drifts;                        /* the level changes: no quantile has an interval */
    int32_t lag_permille[2];            /* rank autocorrelation at lags 1 and 2 */
    uint64_t effective[QUANTILE_COUNT]; /* by QUANTILES[]; n: independent; 0: no interval */
};

/*
 * Looks at n values in order of arrival. `values` is the same series once more; it is sorted here, ascending. n up to
 * 2^31. It takes one sort and one pass.
 */
struct dependence dependence_of(const int64_t *arrived, int64_t *values, size_t n);

/* The mark of a row: "drifts", "clustered" where the series or at least one quantile is, else NULL. */
const char *dependence_mark(const struct dependence *dependence);

#endif /* LAB_LIB_DEPENDENCE_H */
