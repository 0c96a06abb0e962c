/* SPDX-License-Identifier: MIT */
/*
 * The gap of pause-loop exiting: how far apart two PAUSEs may be and still count as one loop.
 *
 * Loops after a rest, PAUSEs as near as possible, with one break in the middle of the first window. A break up to the
 * gap belongs to the loop, and the window ends as always; behind a longer break a new loop begins, and the stretch
 * lasts for half a window more. So both answers are seen within a window and a half, whether it is a time or a number
 * of PAUSEs. The break grows by halves until it is too long, then the limit is searched between. Pure; the series is
 * chosen as in ple_window.h.
 */
#ifndef LAB_LIB_INFER_PLE_GAP_H
#define LAB_LIB_INFER_PLE_GAP_H

#include "lib/infer/ple_base.h"

enum ple_exits {
    PLE_EXITS_PENDING, /* more loops are needed */
    PLE_EXITS_YES,     /* across the break too */
    PLE_EXITS_NO,
    PLE_EXITS_UNCLEAR,
};

/* What is known of one filler. */
struct ple_probe {
    uint32_t filler;       /* of the break */
    uint64_t distance_tsc; /* from PAUSE to PAUSE across it */
    uint32_t loops;
    uint32_t breaks; /* loops that got to their break */
    uint32_t joined; /* first stretches that ended with the window in spite of the break */
    uint32_t broken; /* first stretches that lasted longer */
    enum ple_exits exits;
};

struct ple_gap {
    struct ple_base first;    /* at the nearest distance */
    enum ple_verdict verdict; /* of the gap */
    struct ple_range gap_tsc; /* the longest break that belongs to a loop, the shortest that does not */
    /*
     * The possible settings of the host: no manual says at which end of a PAUSE the processor reads the clock, so the
     * PAUSE itself may count or not. Contains gap_tsc. is_exact: the difference is so small that gap_tsc may stand for
     * the setting; needs has_end.
     */
    struct ple_range setting_tsc;
    bool is_exact;
    bool has_end; /* false: no break was long enough; gap_tsc has the longest one twice */
};

/* The votes of all loops whose break has that filler, against the first window. */
void ple_gap_probe(const struct ple_loop *loops, uint32_t count, uint32_t filler, const struct ple_base *first,
                   struct ple_probe *probe);

/* The next loop of the series; false: it is over. limit_tsc: how long a loop may last. */
bool ple_gap_next(const struct ple_loop *loops, uint32_t count, uint64_t limit_tsc, struct ple_loop *next);

/* Infers the gap from all loops of the series so far. */
void ple_gap_infer(const struct ple_loop *loops, uint32_t count, struct ple_gap *gap);

#endif /* LAB_LIB_INFER_PLE_GAP_H */
