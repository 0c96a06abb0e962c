/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `cstate` offer each other. */
#ifndef LAB_EXPERIMENTS_CSTATE_PARTS_H
#define LAB_EXPERIMENTS_CSTATE_PARTS_H

#include "experiments/cstate/model.h"
#include "experiments/kit/row.h"

/* clock.c */

/* After freq= was written: waits up to 100 ms for the clock that it asked for. On the CPU, once. */
void cstate_verify_clock(struct cstate *cstate);
void cstate_report_clock(const struct cstate *cstate);

/* count.c */

/* Finds the counters that answer; reads them. On the CPU. */
void cstate_find_counters(struct cstate *cstate);
void cstate_read(const struct cstate *cstate, struct cstate_reading *reading);
void cstate_read_clocks(const struct cstate *cstate, struct cstate_reading *reading);

/* cstate.c */

/* The whole experiment, for the image's section and for the tests that run it against a model. */
extern const struct experiment cstate_experiment;

/* evidence.c */

/* The evidence of one cell; sorts its latencies on first use. */
void cstate_sort(struct cstate *cstate);
void cstate_gather(const struct cstate *cstate, const struct cstate_cell *cell, struct cstate_evidence *evidence);
int64_t cstate_p50(const struct cstate_cell *cell);
struct cstate_cell *cstate_cell_at(const struct cstate *cstate, uint32_t state, uint32_t source, uint32_t point);

/* keys.c */

/* Keys, the plan's figures. */
extern const struct param_spec cstate_params[KEY_COUNT];
const char *cstate_check(const struct plan_step *plan);
uint64_t cstate_estimate_ns(const struct plan_step *plan);
uint64_t cstate_memory_bytes(const struct plan_step *plan);

/* notes.c */

/* What follows from the figures, as findings. Boot CPU. */
void cstate_notes(const struct cstate *cstate);

/* report.c */

/* Writes all results. Boot CPU. */
void cstate_finish(struct step *step);

/* round.c */

/* One round of naps of one cell. False: another CPU did not stop, the batch must end. On the CPU. */
bool cstate_round(struct cstate *cstate, struct cstate_cell *cell);

/* row.c */

/* Begins a row about a cell: its state and source, and its interval where there are several. */
void cstate_begin_row(struct row *row, const struct cstate *cstate, const struct cstate_cell *cell, const char *kind);

/* states.c */

/* Fills states, and cells for each state, source and interval; NULL, or why there is none. In prepare(). */
void cstate_list_states(struct cstate *cstate);
const char *cstate_list_cells(struct cstate *cstate);
/* "hlt", "mwait:0x20", "ioport:0x414". */
const char *cstate_state_text(const struct cstate_state *state, char text[CSTATE_TEXT_BYTES]);

/* sweep.c */

/*
 * Which cell has the turn'th turn: up the list and down again, so that short naps come before a length as often as long
 * ones. Where the hardware demotes by what came before, a length is then entered by turns.
 */
uint32_t cstate_cell_of_turn(const struct cstate *cstate, uint32_t turn);

/* The rows over the interval. Boot CPU. */
void cstate_report_sweep(const struct cstate *cstate);

/* switch.c */

/*
 * Changes what the keys ask for, by way of the gate, on the CPU itself and on all others except CPU 0, one after the
 * other: only the first of the CPUs that share a register changes and restores it. The engine restores all. False: a
 * CPU did not answer in time, the batch must end. On the CPU, at the beginning of a batch.
 */
bool cstate_switch(struct cstate *cstate);

#endif /* LAB_EXPERIMENTS_CSTATE_PARTS_H */
