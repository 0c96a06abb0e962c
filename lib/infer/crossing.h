/* SPDX-License-Identifier: MIT */
/*
 * Where two curves cross, with its error: from which length of idle on the deeper state costs less. Pure; any context.
 *
 * The points are differences: the shallow state's power less the deep one's, with the half width of its interval as
 * error. A point counts where its error leaves no doubt about its sign (mean_sign()), and where its neighbour, the next
 * shorter one of a loss, the next longer one of a gain, is beyond half of its error on the same side: where both states
 * are the same one over some lengths, a sign by chance stands alone. Beyond eight times its error it needs none. The
 * crossing lies behind the last point at which the deep state costs more and before the first at which it costs less:
 * that is its error, without an assumption about the curve between. The place between them is an estimate: the energy
 * of one stretch of idle is taken as a straight line over its length, which holds where entering and leaving cost a
 * fixed amount and the states draw constant powers.
 */
#ifndef LAB_LIB_INFER_CROSSING_H
#define LAB_LIB_INFER_CROSSING_H

#include <stddef.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

struct crossing_point {
    uint64_t at;    /* length of idle, ns; rising from point to point */
    int64_t gain;   /* power of the shallow state less that of the deep one, uW */
    uint64_t error; /* half width of the interval of `gain` */
};

enum crossing_outcome {
    CROSSING_NONE,    /* no point is sure: unknown */
    CROSSING_FOUND,   /* at, low and high are valid */
    CROSSING_BELOW,   /* the deep state costs less at every sure point: crossing at most at `high` */
    CROSSING_ABOVE,   /* it costs more at every sure point: crossing at least at `low` */
    CROSSING_SEVERAL, /* the sign changes more than once: somewhere from low to high */
};

struct crossing {
    enum crossing_outcome outcome;
    uint64_t at, low, high; /* in the points' unit */
    uint32_t sure;          /* points whose sign is sure, with or without a neighbour that shares it */
};

/* The crossing of points in rising order of `at`. */
struct crossing crossing_find(const struct crossing_point *points, size_t count);

/*
 * Measured, or low: fewer than three sure points may be chance, and where more than one nap in fifty was ended by
 * something else the lengths were others.
 */
enum confidence crossing_confidence(const struct crossing *crossing, uint64_t naps, uint64_t disturbed);

/* "found", "below", "above", "several", "unknown". */
const char *crossing_name(enum crossing_outcome outcome);

#endif /* LAB_LIB_INFER_CROSSING_H */
