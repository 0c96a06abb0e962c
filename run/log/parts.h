/* SPDX-License-Identifier: MIT */
/* The parts of the log reader, a file each: called by reader.c and by each other. */
#ifndef LAB_RUN_LOG_PARTS_H
#define LAB_RUN_LOG_PARTS_H

#include "run/log/problem.h"

/*
 * damage.c: damaged items. The line in which a machine died may be cut: a join record behind it says so, and the cut is
 * no damage. Nor is a line that the image itself tore: a machine check came while it was on its way, and the whole line
 * follows at once. So each damaged item is held back until the next item.
 */

/* Takes a damaged item at `column`, which goes wrong at `bad_column`. */
void log_damage_hold(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column,
                     uint64_t bad_column);

/* To be called with every line before its items: drops what is held back where it is the line's beginning. */
void log_damage_line(struct log_reader *reader, const char *text, size_t bytes, uint64_t line);

/* Where the damaged item of that line, just taken, goes on to its end: it may be torn. */
void log_damage_torn(struct log_reader *reader, const char *text, size_t bytes);

/* To be called with every item before it is taken. */
void log_damage_next(struct log_reader *reader, const struct log_item *item, uint64_t line);

/* Reports what is held back. */
void log_damage_tell(struct log_reader *reader);

/*
 * capture.c: what programs that keep a serial line do to it. grabserial, ts, conserver and minicom put a time stamp in
 * front of each line, terminals fill lines up with blanks. Records are found anywhere in a line, but a plan and a
 * result count only at its beginning: that is behind what has the shape of the text in front of the last record
 * (digits for digits, letters for letters). Nothing is mended: each item has its own CRC, as ever.
 */

/* To be called with every line: takes trailing blanks off; returns where the line begins, 0 or behind the prefix. */
size_t log_capture_line(struct log_reader *reader, const char *text, size_t *bytes);

/* Takes what stands in front of an intact item that carries a mark and is the first of its line. */
void log_capture_learn(struct log_reader *reader, const char *text, const struct log_item *item);

/* To be called with all bytes: is it UTF-16? */
void log_capture_bytes(struct log_reader *reader, const char *data, size_t bytes);

/* At the end: names UTF-16, and lines that were wrapped or cut. */
void log_capture_finish(struct log_reader *reader);

/*
 * join.c: join records, where a machine died in the middle of a run and the launcher went on in a fresh one
 * (docs/record-format.md, "Host records"). The next BEGIN is then no silent reboot; sequence, CRC and sum are each
 * machine's own, plan and results the run's.
 */

/* True for a host record of type join. */
bool log_join_is(const struct log_item *item);

/* The machine that wrote up to here is dead: reports which of its records are missing, and awaits the next machine. */
void log_join_take(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column);

/* The machine that the join record announced has begun. */
void log_join_begin(struct log_reader *reader, const char *run_id);

/*
 * When the run is over: true where a join record came last, so that there can be no sum record and no END. Complains
 * where it announced a machine that never began.
 */
bool log_join_ends(struct log_reader *reader, uint64_t line);

/* sum.c: the `sum` record against what has arrived. */

/* Keeps the members of `item` where it is the run's sum record; other records pass. */
void log_sum_take(struct log_reader *reader, const struct log_item *item, uint64_t line);

/* When the run is over and its gaps have been counted: complains where sum is missing or disagrees, with END too. */
void log_sum_check(struct log_reader *reader);

/*
 * results.c: the KTAP plan of a run against its results (docs/record-format.md, section 2). A machine that goes on with
 * a part of the plan writes no plan, nor does a run that was given up before its plan.
 */

/* Notes where `item` says that the machine went on, and which phase of its bring-up begins. */
void log_results_resumed(struct log_reader *reader, const struct log_item *item);
void log_results_phase(struct log_reader *reader, const struct log_item *item);

/* Takes the plan line, and one result; complains where they contradict. */
void log_results_plan(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column);
void log_results_take(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column);

/* When the run is over: complains where results are missing. */
void log_results_finish(struct log_reader *reader);

#endif
