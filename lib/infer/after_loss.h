/* SPDX-License-Identifier: MIT */
/*
 * What a CPU has lost by idling: the same works behind a wait and behind a poll as long, slice by slice, and whether
 * caches, TLB or the clock explain the difference. Integers; any context.
 *
 * A figure is a median over pairs of passes with its 95 % interval by order statistics. Its floor is what two passes
 * behind a poll differ by. Nothing is said of what lies within the floor.
 */
#ifndef LAB_LIB_INFER_AFTER_LOSS_H
#define LAB_LIB_INFER_AFTER_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

enum { AFTER_SLICES_MIN = 4, AFTER_SLICES_MAX = 14 };

/* Chases touch one line after the other; `tlb` as many as `l1`, each in a page of its own. */
enum after_work {
    AFTER_ALU, /* additions that wait for each other: a cycle each */
    AFTER_L1,
    AFTER_L2,
    AFTER_LLC,
    AFTER_TLB,
    AFTER_BRANCH,
    AFTER_CODE,
    AFTER_WORKS,
};

extern const char *const after_work_names[AFTER_WORKS + 1]; /* NULL at the end */

struct after_figure {
    int64_t spin_tsc, method_tsc; /* medians */
    int64_t lost_tsc, low_tsc, high_tsc;
    int64_t floor_tsc;
    bool has_interval;
};

/*
 * Of n pairs in order of arrival, which stay as they are; `scratch` has room for n. The floor is no less than the TSC's
 * step.
 */
struct after_figure after_figure_of(const int64_t *spin, const int64_t *method, uint32_t n, uint32_t step_tsc,
                                    int64_t *scratch);

/* True where more was lost than floor and interval leave open. Pure. */
static inline bool after_says(const struct after_figure *figure)
{
    return figure->has_interval && figure->low_tsc > figure->floor_tsc;
}

/* What was measured of one work. */
struct after_seen {
    uint32_t n, slices;
    uint32_t whole;                       /* slices until it has been everywhere */
    uint64_t end_tsc[AFTER_SLICES_MAX];   /* of each slice, since the wake */
    uint32_t clock_ppm[AFTER_SLICES_MAX]; /* core clock behind the method against that behind spin; 0: not known */
    struct after_figure slice[AFTER_SLICES_MAX]; /* each slice */
    struct after_figure head[AFTER_SLICES_MAX];  /* all slices up to it */
};

/* The last slice of those until it had been everywhere, and one more; from 0. */
uint32_t after_head(const struct after_seen *work);

/* Works that were not taken have n = 0. */
struct after_answer {
    enum confidence clock, caches, tlb; /* CONFIDENCE_NONE: nothing to say */
    uint64_t ramp_tsc;                  /* the clock was back after so long, to a factor of 2 */
    bool never;                         /* or not within the pass */
    int64_t clock_lost_tsc;
    uint32_t levels;        /* of the caches: bit by enum after_work */
    int64_t cache_lost_tsc; /* of the largest level: beyond what the chain of additions lost */
    int64_t tlb_lost_tsc;   /* beyond what as many lines of few pages lost */
    uint32_t silent;        /* works of which nothing can be said: bit by enum after_work */
};

struct after_answer after_judge(const struct after_seen seen[AFTER_WORKS]);

#endif /* LAB_LIB_INFER_AFTER_LOSS_H */
