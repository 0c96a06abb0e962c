/* SPDX-License-Identifier: MIT */
/*
 * Knees of a curve: where a time, measured at ever longer intervals, rises from one level to a higher one.
 *
 * The host's halt polling ends at such a knee; a C-state's demotion or entry begins at one. Any number of points in, up
 * to KNEES_MAX knees out, in order. It says "none up to X" only where the noise would have let a knee be seen, else
 * "don't know". Integers only; any unit, the same for all points; any context.
 *
 * Method: values are compared by their ratios (log2). The points are split where the sum of distances to the two sides'
 * medians is least, and each side again, as long as the right side is higher by the least ratio. A split counts where
 * the step is several times the noise (the median difference between neighbours, which steps hardly change), nearly all
 * values left of it are below nearly all right of it, and the rise lies between neighbours: a curve that rises
 * gradually has no knee. Outliers make none, except at the end of the curve.
 */
#ifndef LAB_LIB_INFER_KNEE_H
#define LAB_LIB_INFER_KNEE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

enum {
    KNEE_POINTS_MAX = 64,
    KNEES_MAX = 6,
};

struct knee_point {
    uint64_t at;    /* the interval, above 0; ascending over the points, none twice */
    int64_t value;  /* the value at that interval: a median, or another quantile */
    uint32_t count; /* samples behind it */
};

/* What counts as a knee. */
struct knee_limits {
    uint32_t least_ratio_percent; /* the higher level over the lower one; 101 and more, 130 is usual */
    int64_t least_value;          /* smaller values count as this: the resolution; at least 1 */
    uint32_t least_count;         /* points with fewer samples are left out */
    uint32_t most;                /* knees wanted; 1 to KNEES_MAX, the clearest ones are kept */
};

struct knee {
    uint64_t at;    /* the geometric middle of low and high */
    uint64_t low;   /* the last interval that still belongs to the lower regime */
    uint64_t high;  /* the first one that belongs to the higher regime */
    int64_t before; /* the levels: medians of up to four points on each side */
    int64_t after;
    enum confidence confidence;
};

enum knees_verdict {
    KNEES_UNKNOWN, /* the points do not say; `reason` has why */
    KNEES_NONE,    /* no knee between `from` and `upto` */
    KNEES_FOUND,
};

struct knees {
    enum knees_verdict verdict;
    const char *reason; /* of KNEES_UNKNOWN, in words; else NULL */
    uint64_t from;      /* only a knee between these can be seen: a few points are needed on each side */
    uint64_t upto;
    uint32_t noise_percent; /* typical ratio of two neighbours' values, less 100 */
    uint32_t count;
    struct knee knee[KNEES_MAX]; /* ascending */
};

/* Finds the knees. Points after the first KNEE_POINTS_MAX are ignored. */
void knees_find(const struct knee_point *points, size_t count, const struct knee_limits *limits, struct knees *found);

/*
 * Intervals for a closer look: `count` (2 and more) of them, evenly from a little below the knee to a little above it.
 */
void knee_zoom(const struct knee *knee, uint64_t *at, size_t count);

/* The geometric middle of low and high; 0 < low <= high. */
uint64_t knee_middle(uint64_t low, uint64_t high);

#endif /* LAB_LIB_INFER_KNEE_H */
