/* SPDX-License-Identifier: MIT */
/*
 * The launcher's `# IH` records in a log: a sequence of their own, which begins at 0 in each run and repeats nothing
 * (docs/record-format.md, "Host records"). They are not part of the sum. For reader.c.
 */
#ifndef LAB_TOOL_LOG_HOST_H
#define LAB_TOOL_LOG_HOST_H

#include "run/tool/log/state.h"

/* False without memory. */
bool log_host_init(struct log_reader *reader);

/* Takes one, and hands it to on_record. */
void log_host_take(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column);

/* At the end of a run: reports what is missing. */
void log_host_finish(struct log_reader *reader);

#endif
