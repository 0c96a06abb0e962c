/* SPDX-License-Identifier: MIT */
/*
 * The first window: whether loops of PAUSEs that begin after a rest all exit after the same time.
 *
 * The evidence is the first clear stretch of each loop. Pause-loop exiting ends it no later than its window, so the
 * longest stretches agree with each other; a host's interrupts end it anywhere, and end the same loop without PAUSE
 * (run in turn) just as well. A stretch longer than a window disproves that window; "none up to X" rests on that. Pure.
 */
#ifndef LAB_LIB_INFER_PLE_BASE_H
#define LAB_LIB_INFER_PLE_BASE_H

#include "lib/infer/ple_loop.h"

enum ple_verdict {
    PLE_UNKNOWN, /* disturbed too often to tell */
    PLE_NONE,    /* no exits in stretches as long as clear_tsc and clear_count say */
    PLE_FOUND,
};

enum {
    PLE_RESTS = 16,               /* HLTs that bring a window down again: shrink may only halve it */
    PLE_LOOPS_MAX = 200,          /* of one step */
    PLE_BASE_LOOPS_MAX = 40,      /* with PAUSE, at one distance; as many without */
    PLE_AGREE_LEAST = 4,          /* stretches that must agree */
    PLE_AGREE_ENOUGH = 6,         /* enough: no more loops are needed */
    PLE_CLEAR_LEAST_TSC = 16384,  /* less says nothing: four times KVM's first window on Intel, */
    PLE_CLEAR_LEAST_COUNT = 6000, /* twice its first one on AMD, unless the PAUSEs are */
    PLE_FAR_TSC = 256,            /* so far apart that no gap in use (128) would see them */
};

struct ple_base {
    enum ple_verdict verdict;
    struct ple_range time_tsc;       /* FOUND: the window, if it is a time, */
    struct ple_range count;          /* and if it is a number of PAUSEs */
    uint32_t loops;                  /* with PAUSE, after a rest, at that filler */
    uint32_t agree;                  /* of these, ended by the window */
    uint32_t longer;                 /* longer than the window: they speak against it */
    uint32_t control_loops;          /* without PAUSE */
    uint32_t control_longer;         /* ... clear for longer than the window */
    uint64_t clear_tsc, clear_count; /* longest first stretch with PAUSE */
    uint64_t distance_tsc;           /* from PAUSE to PAUSE */
    uint64_t pause_tsc;              /* the PAUSE's part of it: difference from the same loop without PAUSE */
};

/* The range in which most of the given ones overlap. */
struct ple_vote {
    uint32_t support;
    uint32_t above; /* ranges that lie above it */
    struct ple_range range;
};
struct ple_vote ple_vote(const struct ple_range *ranges, uint32_t count);

/* Infers from the loops of `filler` that began after a rest, among at most PLE_LOOPS_MAX loops. */
void ple_base_infer(const struct ple_loop *loops, uint32_t count, uint32_t filler, struct ple_base *base);

/*
 * The next loop that the question needs, filler 0; false: no further loop would help. limit_tsc: how long a loop may
 * last.
 */
bool ple_base_next(const struct ple_loop *loops, uint32_t count, uint64_t limit_tsc, struct ple_loop *next);

#endif /* LAB_LIB_INFER_PLE_BASE_H */
