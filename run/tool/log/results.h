/* SPDX-License-Identifier: MIT */
/* The KTAP plan of a run against its results (docs/record-format.md, section 2). For reader.c. */
#ifndef LAB_TOOL_LOG_RESULTS_H
#define LAB_TOOL_LOG_RESULTS_H

#include "run/tool/log/state.h"

void log_results_plan(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column);
void log_results_take(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column);

/* When the run is over: complains where results are missing. */
void log_results_finish(struct log_reader *reader);

#endif
