/* SPDX-License-Identifier: MIT */
/*
 * Whether a series begins with a training phase, and where that ends.
 *
 * An adaptation, such as KVM's timer advance, shows in the order of arrival: the first values lie outside the band of
 * the later ones. The band is that of the second half, from its 10th to its 90th percentile, so that no shape of the
 * noise is assumed. Of independent values 6 of 8 lie beyond one edge about five times in 100,000. Values of real series
 * come in groups: windows from the middle of measured ones were called a training phase in 1.4 to 12.7 %. So it is
 * sure only where the first values come nearer to the band and no later ones are like them, and that there is none only
 * where the median of the first ones lies in the band's inner half; else confidence is low.
 * Integers only; any context; nothing allocates.
 */
#ifndef LAB_LIB_INFER_TRAINING_H
#define LAB_LIB_INFER_TRAINING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

enum {
    SETTLE_BLOCK = 8,      /* values that are judged together; `after` is a multiple of it */
    SETTLE_STRONG = 6,     /* of these beyond one edge of the band: the first block is training */
    SETTLE_WEAK = 4,       /* the same for the blocks behind it */
    SETTLE_MIN_COUNT = 64, /* fewer values say nothing */
};

enum settle_verdict {
    SETTLE_UNKNOWN, /* too few values, the second half itself moves, or training lasts into it */
    SETTLE_NONE,    /* the first values are like the later ones */
    SETTLE_FOUND,
};

struct settle {
    enum settle_verdict verdict;
    enum confidence confidence;
    size_t after;  /* SETTLE_FOUND: values before the steady part */
    int64_t first; /* median of the first block; 0 with too few values, like all that follows */
    int64_t low, median,
        high; /* of the second half, or of its first half where the second half moves: 10th, 50th and 90th percentile */
};

/*
 * Judges `count` values in their order of arrival; what lies beyond the band by no more than `slack` counts as inside.
 * scratch has room for count / 2 + SETTLE_BLOCK values.
 */
struct settle settle_find(const int64_t *values, size_t count, int64_t slack, int64_t *scratch);

/*
 * True where a host gives no period as short as was asked for, or merges ticks: three of four come a quarter of a
 * period too late, or more. Gaps between ticks in ascending order.
 */
bool ticks_are_floored(const int64_t *gaps_tsc, size_t count, uint64_t period_tsc);

#endif /* LAB_LIB_INFER_TRAINING_H */
