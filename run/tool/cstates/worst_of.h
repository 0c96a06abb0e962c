/* SPDX-License-Identifier: MIT */
/*
 * The slowest of several wake sources has the slowest by chance in it: of k that are alike, one is above the 95 %
 * interval of its quantile in 1 - 0.975^k of cases. And a verdict that is sure is wrong in one of a hundred at most, so
 * its intervals are of 99 %. Pure arithmetic.
 */
#ifndef LAB_TOOL_CSTATES_WORST_OF_H
#define LAB_TOOL_CSTATES_WORST_OF_H

#include "lib/table_verdict.h"

/*
 * Widens the 95 % interval of the slowest of `count` (from 1) sources to one of 99 % for all of them together
 * (C. E. Bonferroni), by the ratio of the normal distribution's quantiles. Without an interval nothing changes.
 */
void worst_of_widen(struct table_quantile *quantile, unsigned count);

#endif
