/* SPDX-License-Identifier: MIT */
#include "run/tool/db/archive.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char TABLES_1[] =
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
    " value TEXT NOT NULL, unit TEXT NOT NULL, PRIMARY KEY (run_id, step, key)) WITHOUT ROWID;";

/* What version 2 has more: settings beside the facts; jobs of `idlelab fleet`, and their tries. */
static const char TABLES_2[] =
    "CREATE TABLE setting (run_id TEXT NOT NULL REFERENCES run, label TEXT NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY (run_id, label)) WITHOUT ROWID;"
    "CREATE TABLE job (campaign TEXT NOT NULL, round TEXT NOT NULL, job TEXT NOT NULL, place INTEGER NOT NULL,"
    " machine TEXT NOT NULL, grp TEXT NOT NULL, script TEXT NOT NULL, boot INTEGER NOT NULL, state TEXT NOT NULL,"
    " reason TEXT NOT NULL, todo INTEGER NOT NULL, tries INTEGER NOT NULL, run_id TEXT,"
    " PRIMARY KEY (campaign, round, job)) WITHOUT ROWID;"
    "CREATE TABLE attempt (campaign TEXT NOT NULL, round TEXT NOT NULL, job TEXT NOT NULL, try INTEGER NOT NULL,"
    " state TEXT NOT NULL, reason TEXT NOT NULL, run_id TEXT, stamp TEXT NOT NULL,"
    " PRIMARY KEY (campaign, round, job, try)) WITHOUT ROWID;"
    "CREATE INDEX attempt_run ON attempt (run_id);"
    "PRAGMA application_id = 0x49444c62; PRAGMA user_version = 2;"; /* ARCHIVE_APPLICATION, ARCHIVE_VERSION */

/* The archive's tables by version, sorted. */
static const char *const TABLES[] = {"", "fact,metric,quantile,run,scalar,step",
                                     "attempt,fact,job,metric,quantile,run,scalar,setting,step"};

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
 * True where it is an archive; *version 0: nobody's, with nothing in it. False with a message.
 */
static bool is_archive(sqlite3 *db, int *version, char *error, size_t error_bytes)
{
    struct identity identity;
    bool known;

    if (!identify(db, &identity)) {
        sqlite_error(db, error, error_bytes);
        return false;
    }
    known = identity.version >= 0 && identity.version <= ARCHIVE_VERSION &&
            strcmp(identity.objects, TABLES[identity.version]) == 0;
    *version = identity.version;
    if (known && identity.version == 0 && !identity.application)
        return true;
    if (identity.application == ARCHIVE_APPLICATION && identity.version > ARCHIVE_VERSION)
        snprintf(error, error_bytes, "made by a newer idlelab, expected version %d, found %d", ARCHIVE_VERSION,
                 identity.version);
    else if (known && identity.version > 0 &&
             (identity.application == ARCHIVE_APPLICATION || !identity.application)) /* 0: made before there was one */
        return true;
    else
        snprintf(error, error_bytes, "another program's database (application_id %u, tables %.80s): left as it is",
                 (unsigned)identity.application, identity.objects[0] ? identity.objects : "none");
    return false;
}

/* Makes the tables that this version has more, unless another import has made them meanwhile. */
static bool make_tables(sqlite3 *db)
{
    struct identity identity;
    return sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK && identify(db, &identity) &&
           (identity.version >= 1 || sqlite3_exec(db, TABLES_1, NULL, NULL, NULL) == SQLITE_OK) &&
           (identity.version >= 2 || sqlite3_exec(db, TABLES_2, NULL, NULL, NULL) == SQLITE_OK) &&
           sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

/*
 * Before anything is written to it or read from it: a query that comes to a damaged page ends early, and what it gave
 * until then would pass for all there is.
 */
static bool is_whole(sqlite3 *db, char *error, size_t error_bytes)
{
    char text[128], *line;
    if (!ask(db, "PRAGMA quick_check(1)", text, sizeof(text))) {
        sqlite_error(db, error, error_bytes);
        return false;
    }
    if (strcmp(text, "ok") == 0)
        return true;
    line = strchr(text, '\n'); /* SQLite names the database in a line of its own */
    snprintf(error, error_bytes, "the file is corrupt: %.120s", line ? line + 1 : text);
    return false;
}

static bool is_usable(sqlite3 *db, bool write, char *error, size_t error_bytes)
{
    int version = 0;
    if (!is_archive(db, &version, error, error_bytes) || !is_whole(db, error, error_bytes))
        return false;
    if (version == ARCHIVE_VERSION || (version > 0 && !write))
        return true;
    if (write && make_tables(db))
        return true;
    if (write)
        sqlite_error(db, error, error_bytes);
    else
        snprintf(error, error_bytes, "an empty database, no archive: `idlelab db import` makes one");
    return false;
}

/* What the disk had no room for is no archive, and nobody's file. */
static void remove_empty(const char *path)
{
    struct stat made;
    if (stat(path, &made) == 0 && S_ISREG(made.st_mode) && made.st_size == 0)
        unlink(path);
}

sqlite3 *archive_open(const char *path, bool write, char *error, size_t error_bytes)
{
    sqlite3 *db = NULL;
    int flags = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    bool is_new = write && access(path, F_OK) != 0;
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
    if (is_new)
        remove_empty(path);
    return NULL;
}
