/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* stpcpy */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/db/archive.h"
#include "run/tool/db/settings.h"
#include "run/tool/db/statement.h"
#include "run/tool/model/platform.h"

/* The statements that a run is added by, each prepared once. */
enum { ADD_STEP, ADD_METRIC, ADD_QUANTILE, ADD_SCALAR, ADD_FACT, ADD_SETTING, ADD_KINDS };

static const char *const ADD_SQL[ADD_KINDS] = {
    "INSERT INTO step VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    "INSERT INTO metric VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    "INSERT OR IGNORE INTO quantile VALUES (?,?,?,?,?,?,?)",
    "INSERT OR IGNORE INTO scalar VALUES (?,?,?,?,?)",
    "INSERT OR IGNORE INTO fact VALUES (?,?,?)",
    "INSERT OR IGNORE INTO setting VALUES (?,?,?)",
};

struct adder {
    sqlite3 *db;
    struct model *model;
    const char *run_id;
    sqlite3_stmt *statements[ADD_KINDS];
};

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

static bool add_metric(struct adder *adder, int64_t step, const struct model_metric *metric)
{
    sqlite3_stmt *add = adder->statements[ADD_QUANTILE];
    bool good = statement_again(adder->statements[ADD_METRIC], "tittiiiiiit", adder->run_id, step, metric->name,
                                metric->unit, (int64_t)metric->n, metric->min, metric->max, metric->sum, metric->mad,
                                metric->floor, joined_hist(adder->model, metric));
    for (size_t i = 0; good && i < metric->quantile_count; i++) {
        const struct model_quantile *q = &metric->quantiles[i];
        /* Without an interval its columns stay NULL. */
        good = statement_again(add, q->has_interval ? "tittiii" : "titti", adder->run_id, step, metric->name, q->name,
                               q->value, q->low, q->high);
    }
    return good;
}

static bool add_step(struct adder *adder, const struct model_step *step)
{
    const char *verdict = !step->verdict.seen  ? "none"
                          : step->verdict.skip ? "skip"
                          : step->verdict.ok   ? "pass"
                                               : "fail";
    bool good = statement_again(adder->statements[ADD_STEP], "tittttttiii", adder->run_id, step->id, step->name,
                                step->exp, step->args, verdict, step->verdict.detail, step->end, (int64_t)step->n,
                                (int64_t)step->rejected, (int64_t)step->ms);
    for (size_t i = 0; good && i < step->metric_count; i++)
        good = add_metric(adder, step->id, &step->metrics[i]);
    for (size_t i = 0; good && i < step->scalar_count; i++)
        good = statement_again(adder->statements[ADD_SCALAR], "tittt", adder->run_id, step->id, step->scalars[i].key,
                               step->scalars[i].text, step->scalars[i].unit);
    return good;
}

static bool add_setting(void *ctx, const char *label, const char *value)
{
    struct adder *adder = ctx;
    return statement_again(adder->statements[ADD_SETTING], "ttt", adder->run_id, label, value);
}

static bool add_parts(struct adder *adder, struct model_run *run, const struct platform *platform)
{
    bool good = true;

    for (size_t i = 0; i < ADD_KINDS; i++)
        sqlite3_prepare_v2(adder->db, ADD_SQL[i], -1, &adder->statements[i], NULL);
    for (size_t i = 0; good && i < platform->row_count; i++)
        good = statement_again(adder->statements[ADD_FACT], "ttt", run->run_id, platform->rows[i].label,
                               platform->rows[i].value);
    for (size_t i = 0; good && i < run->step_count; i++)
        good = add_step(adder, &run->steps[i]);
    good = good && settings_of(run, add_setting, adder);
    for (size_t i = 0; i < ADD_KINDS; i++)
        sqlite3_finalize(adder->statements[i]);
    return good;
}

static bool add_run(sqlite3 *db, struct model *model, struct model_run *run, const char *log_name, bool whole)
{
    struct adder adder = {.db = db, .model = model, .run_id = run->run_id};
    struct platform platform;

    platform_of(model, run, &platform);
    return statement_run(db, "INSERT INTO run VALUES (?,?,strftime('%Y-%m-%dT%H:%M:%fZ','now'),?,?,?,?,?)", "tttiiit",
                         run->run_id, log_name, model_run_word(run), (int64_t)whole, (int64_t)platform.emulated,
                         (int64_t)run->tsc_hz, run->tsc_source) &&
           add_parts(&adder, run, &platform);
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
    return statement_run(db, "DELETE FROM setting WHERE run_id = ?", "t", run_id) &&
           statement_run(db, "DELETE FROM scalar WHERE run_id = ?", "t", run_id) &&
           statement_run(db, "DELETE FROM quantile WHERE run_id = ?", "t", run_id) &&
           statement_run(db, "DELETE FROM metric WHERE run_id = ?", "t", run_id) &&
           statement_run(db, "DELETE FROM step WHERE run_id = ?", "t", run_id) &&
           statement_run(db, "DELETE FROM fact WHERE run_id = ?", "t", run_id) &&
           statement_run(db, "DELETE FROM run WHERE run_id = ?", "t", run_id);
}

enum archive_added archive_add(sqlite3 *db, struct model *model, struct model_run *run, const char *log_name,
                               bool whole)
{
    /* Within a caller's transaction it is a part of that one. */
    bool alone = sqlite3_get_autocommit(db) != 0;
    int known;
    bool replace;

    if (sqlite3_exec(db, alone ? "BEGIN IMMEDIATE" : "SAVEPOINT run", NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "idlelab db: %s\n", sqlite3_errmsg(db));
        return ARCHIVE_ERROR;
    }
    known = known_whole(db, run->run_id);
    replace = known == 0 && whole;
    if (known >= 0 && !replace) {
        sqlite3_exec(db, alone ? "ROLLBACK" : "RELEASE run", NULL, NULL, NULL);
        return ARCHIVE_KNOWN;
    }
    if (known >= -1 && (!replace || remove_run(db, run->run_id)) && add_run(db, model, run, log_name, whole) &&
        sqlite3_exec(db, alone ? "COMMIT" : "RELEASE run", NULL, NULL, NULL) == SQLITE_OK)
        return replace ? ARCHIVE_REPLACED : ARCHIVE_NEW;
    fprintf(stderr, "idlelab db: %s\n", sqlite3_errmsg(db));
    sqlite3_exec(db, alone ? "ROLLBACK" : "ROLLBACK TO run; RELEASE run", NULL, NULL, NULL);
    return ARCHIVE_ERROR;
}
