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
    PLE_LOOPS_MAX = 200,          /* loops of one step */
    PLE_BASE_LOOPS_MAX = 40,      /* with PAUSE, at one distance; as many without */
    PLE_AGREE_LEAST = 4,          /* stretches that must agree */
    PLE_AGREE_ENOUGH = 6,         /* enough: no more loops are needed */
    PLE_CLEAR_LEAST_TSC = 16384,  /* a shorter clear stretch proves nothing: 4 x KVM's first window on Intel */
    PLE_CLEAR_LEAST_COUNT = 6000, /* the same in PAUSEs: 2 x KVM's first window on AMD; no limit where */
    PLE_FAR_TSC = 256,            /* the PAUSEs stand this far apart: no PLE gap in use (128) is so wide */
};

struct ple_base {
    enum ple_verdict verdict;
    struct ple_range time_tsc;       /* FOUND: the window, where it is a time */
    struct ple_range count;          /* the window, where it is a number of PAUSEs */
    uint32_t loops;                  /* loops with PAUSE after a rest, at the filler in use */
    uint32_t agree;                  /* loops that the window ended */
    uint32_t longer;                 /* loops that stayed clear for longer than the window */
    uint32_t control_loops;          /* loops without PAUSE */
    uint32_t control_longer;         /* loops without PAUSE, clear for longer than the window */
    uint32_t control_same;           /* loops without PAUSE that something ended when the window ends the others */
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
