/* SPDX-License-Identifier: MIT */
#include "run/tool/db/statement.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

static void bind(sqlite3_stmt *statement, const char *types, va_list args)
{
    for (int i = 0; types[i]; i++)
        if (types[i] == 'i')
            sqlite3_bind_int64(statement, i + 1, va_arg(args, int64_t));
        else if (types[i] == 'd')
            sqlite3_bind_double(statement, i + 1, va_arg(args, double));
        else
            sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1, SQLITE_STATIC);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql, const char *types, va_list args)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return NULL;
    bind(statement, types, args);
    return statement;
}

bool statement_run(sqlite3 *db, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list args;
    bool good;

    va_start(args, types);
    statement = prepare(db, sql, types, args);
    va_end(args);
    good = statement && sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    return good;
}

bool statement_again(sqlite3_stmt *statement, const char *types, ...)
{
    va_list args;
    bool good;

    if (!statement)
        return false;
    va_start(args, types);
    bind(statement, types, args);
    va_end(args);
    good = sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return good;
}

sqlite3_stmt *statement_open(sqlite3 *db, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list args;

    va_start(args, types);
    statement = prepare(db, sql, types, args);
    va_end(args);
    return statement;
}

const char *statement_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}
