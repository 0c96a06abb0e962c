/* SPDX-License-Identifier: MIT */
/* The `sum` record against what has arrived. Part of the log reader; called by reader.c alone. */
#ifndef LAB_TOOL_LOG_SUM_H
#define LAB_TOOL_LOG_SUM_H

#include "run/tool/log/state.h"

/* Keeps the members of `item` where it is the run's sum record; other records pass. */
void log_sum_take(struct log_reader *reader, const struct log_item *item, uint64_t line);

/* When the run is over and its gaps have been counted: complains where sum is missing or disagrees. */
void log_sum_check(struct log_reader *reader);

#endif
