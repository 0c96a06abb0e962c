/* SPDX-License-Identifier: MIT */
/*
 * Join records: where a machine died in the middle of a run and the launcher went on in a fresh one
 * (docs/record-format.md, "Host records"). The next BEGIN is then no silent reboot; sequence, CRC and sum are each
 * machine's own, plan and results the run's. For reader.c and host.c.
 */
#ifndef LAB_TOOL_LOG_JOIN_H
#define LAB_TOOL_LOG_JOIN_H

#include "run/tool/log/state.h"

/* True for a host record of type join. */
bool log_join_is(const struct log_item *item);

/*
 * The machine that wrote up to here is dead: reports what is missing of its records, and makes ready for the next one.
 */
void log_join_take(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column);

/* The machine that the join record announced has begun. */
void log_join_begin(struct log_reader *reader, const char *run_id);

/*
 * When the run is over: true where a join record came last, so that there can be no sum record and no END. Complains
 * where it announced a machine that never began.
 */
bool log_join_ends(struct log_reader *reader, uint64_t line);

#endif
