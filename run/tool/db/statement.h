/* SPDX-License-Identifier: MIT */
/* Statements of SQL with their arguments; for the archive and for what else keeps tables in it. */
#ifndef LAB_TOOL_DB_STATEMENT_H
#define LAB_TOOL_DB_STATEMENT_H

#include <stdbool.h>

#include <sqlite3.h>

/*
 * Runs a statement that gives no row. `types` has a letter an argument: t text (NULL is SQL's), which has to last until
 * then, i int64_t, d double.
 */
bool statement_run(sqlite3 *db, const char *sql, const char *types, ...);

/* The same with a statement that is used again; NULL, as of one that could not be prepared, is false. */
bool statement_again(sqlite3_stmt *statement, const char *types, ...);

/* A statement that gives rows, with its arguments bound; NULL where it is wrong. The caller finalizes it. */
sqlite3_stmt *statement_open(sqlite3 *db, const char *sql, const char *types, ...);

/* A column as text, "" where it is NULL. */
const char *statement_text(sqlite3_stmt *statement, int column);

#endif
