/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* stpcpy */
#include "run/tool/db/archive.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/platform.h"

static const char SCHEMA[] =
    "CREATE TABLE run (run_id TEXT PRIMARY KEY, log TEXT NOT NULL, imported TEXT NOT NULL,"
    " result TEXT NOT NULL, whole INTEGER NOT NULL, emulated INTEGER NOT NULL, tsc_hz INTEGER NOT NULL,"
    " tsc_source TEXT NOT NULL);"
    "CREATE TABLE fact (run_id TEXT NOT NULL REFERENCES run, label TEXT NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY (run_id, label)) WITHOUT ROWID;"
    "CREATE TABLE step (run_id TEXT NOT NULL REFERENCES run, step INTEGER NOT NULL, name TEXT NOT NULL,"
    " exp TEXT NOT NULL, args TEXT NOT NULL, verdict TEXT NOT NULL, detail TEXT NOT NULL,"
    " ended TEXT NOT NULL, n INTEGER NOT NULL, rejected INTEGER NOT NULL, ms INTEGER NOT NULL,"
    " PRIMARY KEY (run_id, step)) WITHOUT ROWID;"
    "CREATE INDEX step_name ON step (name);"
    "CREATE TABLE metric (run_id TEXT NOT NULL, step INTEGER NOT NULL, name TEXT NOT NULL,"
    " unit TEXT NOT NULL, n INTEGER NOT NULL, min INTEGER NOT NULL, max INTEGER NOT NULL,"
    " sum INTEGER NOT NULL, mad INTEGER NOT NULL, floor INTEGER, hist TEXT,"
    " PRIMARY KEY (run_id, step, name)) WITHOUT ROWID;"
    "CREATE TABLE quantile (run_id TEXT NOT NULL, step INTEGER NOT NULL, metric TEXT NOT NULL,"
    " name TEXT NOT NULL, value INTEGER NOT NULL, low INTEGER, high INTEGER,"
    " PRIMARY KEY (run_id, step, metric, name)) WITHOUT ROWID;"
    "CREATE TABLE scalar (run_id TEXT NOT NULL, step INTEGER NOT NULL, key TEXT NOT NULL,"
    " value TEXT NOT NULL, unit TEXT NOT NULL, PRIMARY KEY (run_id, step, key)) WITHOUT ROWID;"
    "PRAGMA user_version = 1;";

static int version_of(sqlite3 *db)
{
    sqlite3_stmt *statement;
    int version = -1;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        version = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return version;
}

/* Makes the tables where the file is new. False with a message. */
static bool make_tables(sqlite3 *db, char *error, size_t error_bytes)
{
    int version = version_of(db);
    if (version == ARCHIVE_VERSION)
        return true;
    if (version != 0) {
        snprintf(error, error_bytes, "%s, expected version %d, found %d",
                 version < 0 ? "not an archive" : "made by a newer idlelab", ARCHIVE_VERSION, version);
        return false;
    }
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
        (version_of(db) == ARCHIVE_VERSION || sqlite3_exec(db, SCHEMA, NULL, NULL, NULL) == SQLITE_OK) &&
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        return true;
    snprintf(error, error_bytes, "%s", sqlite3_errmsg(db));
    return false;
}

sqlite3 *archive_open(const char *path, bool make, char *error, size_t error_bytes)
{
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | (make ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK) {
        snprintf(error, error_bytes, "%s", db ? sqlite3_errmsg(db) : "no memory");
        sqlite3_close(db);
        return NULL;
    }
    sqlite3_busy_timeout(db, 5000);
    if (make_tables(db, error, error_bytes))
        return db;
    sqlite3_close(db);
    return NULL;
}

/* Runs one statement. `types` has a letter an argument: t text (NULL is SQL's), i int64_t. */
static bool run_sql(sqlite3 *db, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list args;
    bool good;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        return false;
    va_start(args, types);
    for (int i = 0; types[i]; i++)
        if (types[i] == 'i')
            sqlite3_bind_int64(statement, i + 1, va_arg(args, int64_t));
        else
            sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
    va_end(args);
    good = sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    return good;
}

static const char *joined_hist(struct model *model, const struct model_metric *metric)
{
    size_t bytes = 1;
    char *text, *at;

    if (metric->part_count == 0 || metric->parts_seen < metric->part_count)
        return NULL;
    for (size_t i = 0; i < metric->part_count; i++)
        bytes += strlen(metric->parts[i]);
    text = pool_alloc(&model->pool, bytes);
    at = text;
    for (size_t i = 0; text && i < metric->part_count; i++)
        at = stpcpy(at, metric->parts[i]);
    return text;
}

static bool add_metric(sqlite3 *db, struct model *model, const char *run_id, int64_t step,
                       const struct model_metric *metric)
{
    bool good = run_sql(db, "INSERT INTO metric VALUES (?,?,?,?,?,?,?,?,?,?,?)", "tittiiiiiit", run_id, step,
                        metric->name, metric->unit, (int64_t)metric->n, metric->min, metric->max, metric->sum,
                        metric->mad, metric->floor, joined_hist(model, metric));
    for (size_t i = 0; good && i < metric->quantile_count; i++) {
        const struct model_quantile *q = &metric->quantiles[i];
        if (q->has_interval)
            good = run_sql(db, "INSERT OR IGNORE INTO quantile VALUES (?,?,?,?,?,?,?)", "tittiii", run_id, step,
                           metric->name, q->name, q->value, q->low, q->high);
        else
            good = run_sql(db, "INSERT OR IGNORE INTO quantile VALUES (?,?,?,?,?,NULL,NULL)", "titti", run_id, step,
                           metric->name, q->name, q->value);
    }
    return good;
}

static bool add_step(sqlite3 *db, struct model *model, const char *run_id, const struct model_step *step)
{
    const char *verdict = !step->verdict.seen  ? "none"
                          : step->verdict.skip ? "skip"
                          : step->verdict.ok   ? "pass"
                                               : "fail";
    bool good = run_sql(db, "INSERT INTO step VALUES (?,?,?,?,?,?,?,?,?,?,?)", "tittttttiii", run_id, step->id,
                        step->name, step->exp, step->args, verdict, step->verdict.detail, step->end, (int64_t)step->n,
                        (int64_t)step->rejected, (int64_t)step->ms);
    for (size_t i = 0; good && i < step->metric_count; i++)
        good = add_metric(db, model, run_id, step->id, &step->metrics[i]);
    for (size_t i = 0; good && i < step->scalar_count; i++)
        good = run_sql(db, "INSERT OR IGNORE INTO scalar VALUES (?,?,?,?,?)", "tittt", run_id, step->id,
                       step->scalars[i].key, step->scalars[i].text, step->scalars[i].unit);
    return good;
}

static bool add_run(sqlite3 *db, struct model *model, struct model_run *run, const char *log_name, bool whole)
{
    struct platform platform;
    bool good;

    platform_of(model, run, &platform);
    good = run_sql(db, "INSERT INTO run VALUES (?,?,strftime('%Y-%m-%dT%H:%M:%fZ','now'),?,?,?,?,?)", "tttiiit",
                   run->run_id, log_name, model_run_word(run), (int64_t)whole, (int64_t)platform.emulated,
                   (int64_t)run->tsc_hz, run->tsc_source);
    for (size_t i = 0; good && i < platform.row_count; i++)
        good = run_sql(db, "INSERT OR IGNORE INTO fact VALUES (?,?,?)", "ttt", run->run_id, platform.rows[i].label,
                       platform.rows[i].value);
    for (size_t i = 0; good && i < run->step_count; i++)
        good = add_step(db, model, run->run_id, &run->steps[i]);
    return good;
}

/* 1 where the archive has the run from a whole log, 0 from one with loss, -1 where it does not have it. */
static int known_whole(sqlite3 *db, const char *run_id)
{
    sqlite3_stmt *statement;
    int whole = -1;
    if (sqlite3_prepare_v2(db, "SELECT whole FROM run WHERE run_id = ?", -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, run_id, -1, SQLITE_TRANSIENT);
        if (sqlite3_step(statement) == SQLITE_ROW)
            whole = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    return whole;
}

static bool remove_run(sqlite3 *db, const char *run_id)
{
    return run_sql(db, "DELETE FROM scalar WHERE run_id = ?", "t", run_id) &&
           run_sql(db, "DELETE FROM quantile WHERE run_id = ?", "t", run_id) &&
           run_sql(db, "DELETE FROM metric WHERE run_id = ?", "t", run_id) &&
           run_sql(db, "DELETE FROM step WHERE run_id = ?", "t", run_id) &&
           run_sql(db, "DELETE FROM fact WHERE run_id = ?", "t", run_id) &&
           run_sql(db, "DELETE FROM run WHERE run_id = ?", "t", run_id);
}

enum archive_added archive_add(sqlite3 *db, struct model *model, struct model_run *run, const char *log_name,
                               bool whole)
{
    int known;
    bool replace;

    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return ARCHIVE_ERROR;
    known = known_whole(db, run->run_id);
    replace = known == 0 && whole;
    if (known >= 0 && !replace) {
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return ARCHIVE_KNOWN;
    }
    if ((!replace || remove_run(db, run->run_id)) && add_run(db, model, run, log_name, whole) &&
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        return replace ? ARCHIVE_REPLACED : ARCHIVE_NEW;
    fprintf(stderr, "idlelab db: %s\n", sqlite3_errmsg(db));
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return ARCHIVE_ERROR;
}
