/* SPDX-License-Identifier: MIT */
/*
 * The window of pause-loop exiting: its length, whether it is a time or a number of PAUSEs, how it grows from exit to
 * exit, and what brings it down again.
 *
 * Which loop to take next and what all of them say are two pure functions over the loops taken so far, so that the
 * image and a unit test with made-up hosts run the same series:
 * 1. rested loops of PAUSEs as near as they come, in turn with the same loop without PAUSE: is there a first window at
 *    all (ple_base.h), and how do the next ones grow (ple_levels.h)?
 * 2. rested loops with PAUSEs farther apart: does the window stay the same in ticks or in PAUSEs?
 * 3. pairs of loops with one rest between: where does the window begin after it has grown?
 */
#ifndef LAB_LIB_INFER_PLE_WINDOW_H
#define LAB_LIB_INFER_PLE_WINDOW_H

#include "lib/infer/ple_levels.h"

enum { PLE_RESET_STRETCHES = 4 }; /* of the first loop of a pair */

/* What one rest does to a window that has grown. */
enum ple_reset {
    PLE_RESET_UNKNOWN,
    PLE_RESET_TO_BASE,
    PLE_RESET_DIVIDES, /* by reset_by */
    PLE_RESET_KEEPS,
};

struct ple_window {
    struct ple_base first; /* verdict, and its evidence */
    enum ple_unit unit;
    struct ple_levels levels;
    uint32_t distances; /* number of distances at which the first window was seen */
    enum ple_reset reset;
    uint32_t reset_by;
    uint32_t reset_agree, reset_tries;
};

/* The next loop of the series; false: it is over. limit_tsc: how long a loop may last. */
bool ple_window_next(const struct ple_loop *loops, uint32_t count, uint64_t limit_tsc, struct ple_loop *next);

/* Infers the window from all loops of the series so far. */
void ple_window_infer(const struct ple_loop *loops, uint32_t count, struct ple_window *window);

#endif /* LAB_LIB_INFER_PLE_WINDOW_H */
