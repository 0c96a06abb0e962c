/* SPDX-License-Identifier: MIT */
/*
 * One loop of PAUSEs as the inference of pause-loop exits asks for it, and as it was measured.
 *
 * A loop is steps of one PAUSE (or none: the control), some filler work and a stamp. A step that is clearly longer than
 * its neighbours ends a clear stretch; ple_window.h and ple_gap.h infer what made it long. Pure data: the experiment
 * `ple` runs such loops, a unit test makes them up. The rule to be found: SDM volume 3, 25.1.3 (PLE_Gap, PLE_Window:
 * time); AMD APM volume 2, 15.14.4 (pause filter count and threshold: a number of PAUSEs).
 */
#ifndef LAB_LIB_INFER_PLE_LOOP_H
#define LAB_LIB_INFER_PLE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLE_STRETCHES_MAX = 24 };

/* Steps without a long one between them. */
struct ple_stretch {
    uint64_t tsc;      /* time of all steps but the long one */
    uint64_t count;    /* PAUSEs (control: steps) of all steps but the long one */
    uint64_t long_tsc; /* the step that ended it; 0: the loop's end did */
};

struct ple_loop {
    /* Asked for. */
    bool pause;             /* false: the same loop without PAUSE */
    uint32_t filler;        /* rounds of work between two PAUSEs, about a core cycle each */
    uint32_t break_filler;  /* the same once, between two steps; 0: no break */
    uint32_t break_after;   /* steps before it */
    uint32_t rests;         /* long HLTs before it; 0: straight on */
    uint32_t stretch_limit; /* ends after this many stretches, at most PLE_STRETCHES_MAX */
    uint64_t limit_tsc;     /* ends after this time, and ... */
    uint64_t least_count;   /* ... not before this many steps */
    /* Measured. */
    uint64_t break_tsc; /* from PAUSE to PAUSE across the break; 0: the loop did not get there */
    uint32_t stretch_count;
    struct ple_stretch stretches[PLE_STRETCHES_MAX];
};

/* Both ends included; low above high: empty. */
struct ple_range {
    uint64_t low, high;
};

static inline bool ple_range_empty(struct ple_range range)
{
    return range.low > range.high;
}

static inline struct ple_range ple_range_meet(struct ple_range a, struct ple_range b)
{
    return (struct ple_range){a.low > b.low ? a.low : b.low, a.high < b.high ? a.high : b.high};
}

/* The middle, where one value is needed. */
static inline uint64_t ple_range_middle(struct ple_range range)
{
    return range.low + (range.high - range.low) / 2;
}

/* Ticks from one PAUSE to the next, rounded; 0 where the loop is empty. */
uint64_t ple_loop_distance_tsc(const struct ple_loop *loop);

/*
 * The windows, in ticks, that would have ended the stretch where it ended. The exit comes with the first PAUSE later
 * than the window, so the window is up to one step shorter than the stretch; the slack is for the stamps' jitter.
 */
struct ple_range ple_stretch_time(const struct ple_stretch *stretch);

/* The same in PAUSEs, where the host counts them. */
struct ple_range ple_stretch_count(const struct ple_stretch *stretch);

#endif /* LAB_LIB_INFER_PLE_LOOP_H */
