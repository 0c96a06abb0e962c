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
    HALT_ENTRIES = 5,          /* the poll begins after entry_least_ns, after entry_ns, or in between */
    HALT_OCTAVE_PARTS = 16,    /* grow_start is tried in steps of 4.4 % */
    HALT_CEILING_PERCENT = 90, /* longer probes, in percent of the ceiling, may end by the ceiling */
};

/* The parameters of a rule, and the budget after each number of steps. */
struct halt_guess {
    uint64_t start_ns;
    uint32_t grow;
    uint64_t entry_ns;
    uint64_t budget_ns[HALT_STEPS_TOP + 1];
};

/* The best guess of one factor, with the fewest misfits, and the range of grow_starts that come close to it. */
struct halt_fit {
    struct halt_guess best;
    uint32_t misfits;
    uint64_t low_ns, high_ns;
    bool is_sleepy; /* the budgets may be much shorter than they seem: the host's way to sleep hides their ends */
};

/* The i-th of HALT_ENTRIES times to the start of the poll. */
uint64_t halt_entry_ns(const struct halt_ladder *ladder, uint32_t i);

/* Fills in a guess's budgets, by number of steps. */
void halt_guess_climb(const struct halt_ladder *ladder, struct halt_guess *guess);

/* True where the probe is long enough to be judged, and too short to end by the ceiling. */
bool halt_trial_is_judged(const struct halt_ladder *ladder, const struct halt_trial *trial);

/* Number of misfits by which a guess may exceed the best one and still count as an equal explanation. */
uint32_t halt_fit_slack(uint32_t misfits);

/*
 * The best factor; *single: no other one explains the trials as well. The range of grow_starts (octave_parts per
 * octave) is that of all factors that do.
 */
uint32_t halt_fit_all(const struct halt_ladder *ladder, uint32_t octave_parts, struct halt_fit *best, bool *single);

#endif /* LAB_LIB_INFER_HALT_FIT_H */
