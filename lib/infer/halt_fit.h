/* SPDX-License-Identifier: MIT */
/*
 * Which grow and which grow_start explain the trials of a halt ladder: tries all that make sense.
 *
 * For lib/infer/halt_ladder.c, which has the rule and the trials. Integers only; ns; any context.
 */
#ifndef LAB_LIB_INFER_HALT_FIT_H
#define LAB_LIB_INFER_HALT_FIT_H

#include "lib/infer/halt_ladder.h"

enum {
    HALT_ENTRIES = 3,          /* the poll begins after entry_least_ns, after entry_ns, or in between */
    HALT_OCTAVE_PARTS = 16,    /* grow_start is tried in steps of 4.4 % */
    HALT_CEILING_PERCENT = 90, /* longer probes, in percent of the ceiling, may end by the ceiling */
    HALT_GROW_MAX = 6,
};

/* The parameters of a rule, and the budget after each number of steps. */
struct halt_guess {
    uint64_t start_ns;
    uint32_t grow;
    uint64_t budget_ns[HALT_STEPS_TOP + 1];
};

/*
 * The best guess, with the fewest misfits; the range of grow_starts that come close to it, and the factors that do, a
 * bit each.
 */
struct halt_fit {
    struct halt_guess best;
    uint32_t misfits;
    uint64_t low_ns, high_ns;
    uint32_t grows;
};

/* Fills in a guess's budgets, by number of steps, where the i-th of HALT_ENTRIES times is that to the poll's start. */
void halt_guess_climb(const struct halt_ladder *ladder, uint32_t i, struct halt_guess *guess);

/* What a long halt leaves of a budget; `shrink` 0: nothing. */
uint64_t halt_guess_shrunk_ns(const struct halt_guess *guess, uint32_t steps, uint32_t shrink);

/*
 * The trials that the guess does not explain, with the end of the host's way to sleep where it is best for it. Those
 * with a long halt count only where `shrink` is given.
 */
uint32_t halt_guess_misfits(const struct halt_ladder *ladder, const struct halt_guess *guess, const uint32_t *shrink);

/* True where the probe is long enough to be judged, and too short to end by the ceiling. */
bool halt_trial_is_judged(const struct halt_ladder *ladder, const struct halt_trial *trial);

/* Number of misfits by which a guess may exceed the best one and still count as an equal explanation. */
uint32_t halt_fit_slack(uint32_t misfits);

/* Tries all factors with octave_parts grow_starts an octave. */
void halt_fit_all(const struct halt_ladder *ladder, uint32_t octave_parts, struct halt_fit *best);

#endif /* LAB_LIB_INFER_HALT_FIT_H */
