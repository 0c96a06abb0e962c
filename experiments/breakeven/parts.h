/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `breakeven` offer each other. */
#ifndef LAB_EXPERIMENTS_BREAKEVEN_PARTS_H
#define LAB_EXPERIMENTS_BREAKEVEN_PARTS_H

#include "experiments/breakeven/model.h"

static inline struct breakeven_cell *breakeven_cell(const struct breakeven *b, uint32_t point, uint32_t state)
{
    return &b->cells[point * b->state_count + state];
}

/* breakeven.c */

/* The whole experiment, for the image's section and for the tests that run it against a model. */
extern const struct experiment breakeven_experiment;

/* find.c */

/* Adds one more point between the two around a crossing. False: no more are needed. */
bool breakeven_close_in(const struct step *step, struct breakeven *b);

/* The shallow state's power less the deep one's, round by round, so that what both share cancels. */
struct mean breakeven_gain(const struct breakeven *b, uint32_t point, uint32_t shallow, uint32_t deep);

/* The crossing of two states' energy, with the gains it comes from; the outcome is NONE without energy. */
struct crossing breakeven_crossing(const struct step *step, const struct breakeven *b, uint32_t shallow, uint32_t deep);

/*
 * The shortest length of the sweep, by its number, from which on the state's silent time is longer than entering and
 * leaving it takes; sweep_points: there is none, or no nap in it ended by its event. Both together take the longest
 * latency of the lengths up to it (of each the least median of it and its neighbours): that of an event that came while
 * the state was being entered. What longer ones cost is the package's, which follows later.
 */
uint32_t breakeven_latency_bound(struct breakeven *b, uint32_t state);

/* report.c */

/* Writes all results. Boot CPU, nothing measuring. */
void breakeven_finish(struct step *step);

/* slice.c */

/*
 * The next slice: one state, one interval. False: another CPU did not stop, the batch must end. step->cpu, interrupts
 * off, in a batch.
 */
bool breakeven_slice(struct step *step, struct breakeven *b);

/* True: all is done, the sweep and the narrowing of each crossing. */
bool breakeven_next(const struct step *step, struct breakeven *b);

/* states.c */

/*
 * Fills b->states from the script's word or, for "auto", from CPUID and the table of this processor; b->nap is
 * prepared. NULL, or why there is nothing to compare. Boot CPU.
 */
const char *breakeven_choose(struct step *step, struct breakeven *b);

/* True where the script's word is a list of states. Pure. */
bool breakeven_words_good(const struct script_token *words);

#endif /* LAB_EXPERIMENTS_BREAKEVEN_PARTS_H */
