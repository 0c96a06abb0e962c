/* SPDX-License-Identifier: MIT */
/*
 * Whether samples in order of arrival look independent, and what each quantile is worth where they do not.
 *
 * The interval of order statistics (lib/quantile.h) holds for independent samples only. Looks at the order that mark:
 *  - rank autocorrelation at lags 1 and 2 beyond 4 / sqrt(n): `clustered`;
 *  - positive rank autocorrelations at lags 1 to 20 together, of 200 to 10,000 samples: `clustered`;
 *  - samples beyond a quantile that follow each other more often than chance: that quantile is clustered;
 *  - halves of the series whose intervals of the median do not meet, or whose ranks are apart, or quarters whose ranks
 *    are further apart than the blocks within them say (analysis of variance), so that a level that comes back is
 *    seen, too: `drifts`.
 * Where a quantile is clustered, the scatter of those counts in 20 blocks, 10 or 5, whichever is largest, says how many
 * independent samples would scatter as much (batch means: G. Fishman, Discrete-Event Simulation, 2001, chapter 6): its
 * effective number. There is none where the scatter doubles from 20 blocks to 5, where what makes neighbours alike
 * lasts more than one sample in 110, and below 50 effective samples or 1000 in all: what happens a few times within a
 * series is not known from it. Nor has any quantile one where most of a tail came at once.
 * Where nothing is raised, a scatter of 80 blocks to 5, or an autocorrelation at lag 1, that is more than chance mostly
 * gives counts as well: a short series passes every look with dependence that matters.
 * A scatter is itself estimated from a few blocks: a factor, (t / 1.96)^2 of Student's t, pays for it, and another one
 * for the few samples of a tail.
 *
 * What is printed is stricter than what a verdict rests on (`printable`):
 *  - where a tail's samples come soon after each other more often than chance, they are clusters, of which few were
 *    seen and more may come in truth (blocks_more()). A quantile's interval reaches at least over what it would move
 *    by: clusters further out in its tail (the median: in either), or those of a cut further in to which its samples
 *    belong;
 *  - where nothing is marked, neighbours count as alike by a standard error more than was seen: in their ranks, and in
 *    their distance from the median for tails of up to 1000 samples;
 *  - where the series is clustered and neighbours, of 200 to 10,000 samples, are nearly as alike at lag 20 as at lag 1,
 *    what makes them so lasts more than one sample in 110, however little the blocks scatter: nothing is printed;
 *  - of fewer than 100 samples nothing is printed: their autocorrelation is known to 0.1 at best.
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
    DEPENDENCE_BLOCKS = 20,          /* blocks of equal length, at least */
    DEPENDENCE_EFFECTIVE_LEAST = 50, /* fewer effective samples: no interval */
    DEPENDENCE_PRINTS = 100,         /* of fewer samples no interval is printed */
};

struct dependence {
    bool judged;                        /* n is at least DEPENDENCE_LEAST */
    bool clustered;                     /* the whole series: neighbours have similar ranks */
    bool quantiles_clustered;           /* at least one quantile's samples, or its blocks */
    bool drifts;                        /* the level changes: no quantile has an interval */
    int32_t lag_permille[2];            /* rank autocorrelation at lags 1 and 2 */
    uint64_t effective[QUANTILE_COUNT]; /* by QUANTILES[]; n: independent; 0: no interval */
    uint64_t printable[QUANTILE_COUNT]; /* the same, at most as many: what an interval that is printed rests on */
};

/*
 * Looks at n values in order of arrival. `values` is the same series once more; it is sorted here, ascending. n up to
 * 2^27. It takes one sort and one pass.
 */
struct dependence dependence_of(const int64_t *arrived, int64_t *values, size_t n);

/* The mark of a row: "drifts", "clustered" where the series or at least one quantile is, else NULL. */
const char *dependence_mark(const struct dependence *dependence);

#endif /* LAB_LIB_DEPENDENCE_H */
