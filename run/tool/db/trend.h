/* SPDX-License-Identifier: MIT */
/* `idlelab db trend`: one figure over the archived runs, an axis for each platform; used by db.c alone. */
#ifndef LAB_TOOL_DB_TREND_H
#define LAB_TOOL_DB_TREND_H

#include <sqlite3.h>

/*
 * Prints quantile (as "p99"; NULL: that, or p50 of a difference) of a step's metric (NULL: the main one) in order of
 * import. Returns an exit code of the tool.
 */
int trend_show(sqlite3 *db, const char *step, const char *quantile, const char *metric);

#endif
