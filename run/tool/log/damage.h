/* SPDX-License-Identifier: MIT */
/*
 * Damaged items of a log. The line in which a machine died may be cut: a join record behind it says so, and the cut is
 * no damage. So each damaged item is held back until the next item. For reader.c.
 */
#ifndef LAB_TOOL_LOG_DAMAGE_H
#define LAB_TOOL_LOG_DAMAGE_H

#include "run/tool/log/state.h"

/* Takes a damaged item at `column`, which goes wrong at `bad_column`. */
void log_damage_hold(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column,
                     uint64_t bad_column);

/* To be called with every item before it is taken. */
void log_damage_next(struct log_reader *reader, const struct log_item *item, uint64_t line);

/* Reports what is held back. */
void log_damage_tell(struct log_reader *reader);

#endif
