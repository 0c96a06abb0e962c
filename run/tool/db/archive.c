/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* stpcpy */
#include "run/tool/db/archive.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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
    "PRAGMA application_id = 0x49444c62; PRAGMA user_version = 1;"; /* ARCHIVE_APPLICATION, ARCHIVE_VERSION */

/* The archive's tables, sorted. */
static const char TABLES[] = "fact,metric,quantile,run,scalar,step";

/* SQLite's own words, and the system's where it has some. */
static void sqlite_error(sqlite3 *db, char *error, size_t error_bytes)
{
    int number = db ? sqlite3_system_errno(db) : ENOMEM;
    snprintf(error, error_bytes, "%s%s%s", db ? sqlite3_errmsg(db) : "no memory", number ? ": " : "",
             number ? strerror(number) : "");
}

/* The first column of a statement's only row, cut to `text_bytes` - 1 characters. False where SQLite cannot tell it. */
static bool ask(sqlite3 *db, const char *sql, char *text, size_t text_bytes)
{
    sqlite3_stmt *statement;
    bool good = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
    if (good) {
        const char *found = (const char *)sqlite3_column_text(statement, 0);
        snprintf(text, text_bytes, "%s", found ? found : "");
    }
    sqlite3_finalize(statement);
    return good;
}

struct identity {
    uint32_t application;
    int version;
    char objects[256]; /* names of all tables, views and triggers, sorted */
};

static bool identify(sqlite3 *db, struct identity *identity)
{
    char application[16], version[16];
    if (!ask(db, "PRAGMA application_id", application, sizeof(application)) ||
        !ask(db, "PRAGMA user_version", version, sizeof(version)) ||
        !ask(db, "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type <> 'index' ORDER BY name)",
             identity->objects, sizeof(identity->objects)))
        return false;
    identity->application = (uint32_t)strtol(application, NULL, 10);
    identity->version = atoi(version);
    return true;
}

/*
 * True where it is an archive of this version, or `empty`: nobody's, with nothing in it. False with a message.
 */
static bool is_archive(sqlite3 *db, bool *empty, char *error, size_t error_bytes)
{
    struct identity identity;
    bool tables;

    if (!identify(db, &identity)) {
        sqlite_error(db, error, error_bytes);
        return false;
    }
    tables = strcmp(identity.objects, TABLES) == 0;
    *empty = !identity.application && !identity.version && !identity.objects[0];
    if (*empty)
        return true;
    if (identity.application == ARCHIVE_APPLICATION && identity.version > ARCHIVE_VERSION)
        snprintf(error, error_bytes, "made by a newer idlelab, expected version %d, found %d", ARCHIVE_VERSION,
                 identity.version);
    else if (tables && identity.version == ARCHIVE_VERSION &&
             (identity.application == ARCHIVE_APPLICATION || !identity.application)) /* 0: made before there was one */
        return true;
    else
        snprintf(error, error_bytes, "another program's database (application_id %u, tables %.80s): left as it is",
                 (unsigned)identity.application, identity.objects[0] ? identity.objects : "none");
    return false;
}

/* Makes the tables, unless another import has made them meanwhile. */
static bool make_tables(sqlite3 *db)
{
    struct identity identity;
    return sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK && identify(db, &identity) &&
           (identity.version == ARCHIVE_VERSION || sqlite3_exec(db, SCHEMA, NULL, NULL, NULL) == SQLITE_OK) &&
           sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

/* Before anything is written to it. */
static bool is_whole(sqlite3 *db, char *error, size_t error_bytes)
{
    char text[128];
    if (!ask(db, "PRAGMA quick_check(1)", text, sizeof(text))) {
        sqlite_error(db, error, error_bytes);
        return false;
    }
    if (strcmp(text, "ok") == 0)
        return true;
    snprintf(error, error_bytes, "the file is corrupt: %.128s", text);
    return false;
}

static bool is_usable(sqlite3 *db, bool write, char *error, size_t error_bytes)
{
    bool empty = false;
    if (!is_archive(db, &empty, error, error_bytes) || (write && !is_whole(db, error, error_bytes)))
        return false;
    if (!empty)
        return true;
    if (write && make_tables(db))
        return true;
    if (write)
        sqlite_error(db, error, error_bytes);
    else
        snprintf(error, error_bytes, "an empty database, no archive: `idlelab db import` makes one");
    return false;
}

sqlite3 *archive_open(const char *path, bool write, char *error, size_t error_bytes)
{
    sqlite3 *db = NULL;
    int flags = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK) {
        sqlite_error(db, error, error_bytes);
        sqlite3_close(db);
        return NULL;
    }
    sqlite3_busy_timeout(db, 5000);
    /* The file may come from anybody: what stands in its schema is not run. */
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    if (is_usable(db, write, error, error_bytes))
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

/* 1: the archive has the run from a whole log; 0: from one with loss; -1: it does not have it; -2: an error. */
static int known_whole(sqlite3 *db, const char *run_id)
{
    sqlite3_stmt *statement;
    int whole = -2, code;
    if (sqlite3_prepare_v2(db, "SELECT whole FROM run WHERE run_id = ?", -1, &statement, NULL) == SQLITE_OK) {
        sqlite3_bind_text(statement, 1, run_id, -1, SQLITE_TRANSIENT);
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW)
            whole = sqlite3_column_int(statement, 0);
        else if (code == SQLITE_DONE)
            whole = -1;
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

    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "idlelab db: %s\n", sqlite3_errmsg(db));
        return ARCHIVE_ERROR;
    }
    known = known_whole(db, run->run_id);
    replace = known == 0 && whole;
    if (known >= 0 && !replace) {
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return ARCHIVE_KNOWN;
    }
    if (known >= -1 && (!replace || remove_run(db, run->run_id)) && add_run(db, model, run, log_name, whole) &&
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        return replace ? ARCHIVE_REPLACED : ARCHIVE_NEW;
    fprintf(stderr, "idlelab db: %s\n", sqlite3_errmsg(db));
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return ARCHIVE_ERROR;
}
