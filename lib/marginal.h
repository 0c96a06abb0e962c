/* SPDX-License-Identifier: MIT */
/*
 * The marginal cost of one copy in a row: the same code is timed with fewer and with more copies, and the difference is
 * divided by the copies more. What stands around them cancels.
 *
 * A timing also depends on what ran before it, so a fixed order puts that into the difference; and interrupts meet
 * the longer timing more often. One sample therefore is eight timings, f m m f m f f m or m f f m f m m f (f: fewer,
 * m: more), and its value the shortest of more less the shortest of fewer. Which order comes first is drawn, and the
 * sample behind it takes the other one.
 *
 * Of such differences the median is the instruction's. Their extremes and outer quantiles are the noise's, of whichever
 * side was disturbed. The other estimate is the shortest timing of more copies less the shortest of fewer.
 *
 * Integers only; any context.
 */
#ifndef LAB_LIB_MARGINAL_H
#define LAB_LIB_MARGINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/prng.h"

enum {
    MARGINAL_FRACTION = 1000, /* values are in thousandths of a tick */
    MARGINAL_TIMINGS = 8,     /* of one sample */
};

/* Times that many copies, in ticks: 0 to 2^50. */
typedef int64_t (*marginal_time_fn)(void *owner, unsigned copies);

struct marginal {
    struct prng prng;
    unsigned fewer, more; /* copies */
    bool more_first;      /* order of the last sample */
    bool second;          /* the next sample is the second of a pair: it takes the other order */
    int64_t least_fewer_tsc, least_more_tsc;
};

/* fewer is below more. */
void marginal_begin(struct marginal *marginal, uint64_t seed, unsigned fewer, unsigned more);

/* Takes the eight timings of one sample. Returns what one copy more costs. */
int64_t marginal_take(struct marginal *marginal, marginal_time_fn time, void *owner);

/* The same of the shortest timings of all samples taken; 0 before the first. */
int64_t marginal_least(const struct marginal *marginal);

#endif /* LAB_LIB_MARGINAL_H */
