/* SPDX-License-Identifier: MIT */
/* idlelab db: the archive of many runs. */
#include <stdlib.h>
#include <string.h>

#include "run/tool/db/archive.h"
#include "run/tool/db/trend.h"
#include "run/tool/command.h"
#include "run/tool/log/load.h"
#include "run/tool/show/text_table.h"

#define FILE_DEFAULT "idlelab.db"
#define WIDTH_PIPED  160

static int import_logs(sqlite3 *db, char **names, int count)
{
    int code = TOOL_PASS;
    for (int i = 0; i < count; i++) {
        struct load_options options = {0};
        struct load_result result;
        struct model model;
        bool read_well, whole;

        model_init(&model, MODEL_LIMIT_BYTES);
        read_well = load_log(names[i], &options, &model, &result);
        whole = read_well && result.exit != TOOL_LOSS;
        if (!read_well)
            code = TOOL_USAGE;
        else if (!whole && code == TOOL_PASS)
            code = TOOL_LOSS;
        for (size_t r = 0; read_well && r < model.run_count; r++) {
            struct model_run *run = &model.runs[r];
            enum archive_added added;

            if (!run->run_id[0]) {
                fprintf(stderr, "idlelab db: %s: a run without identifier is not archived\n", names[i]);
                continue;
            }
            added = archive_add(db, &model, run, names[i], whole);
            printf("%s %s\n", run->run_id,
                   added == ARCHIVE_NEW        ? "imported"
                   : added == ARCHIVE_REPLACED ? "replaces what was incomplete"
                   : added == ARCHIVE_KNOWN    ? "was there already"
                                               : "NOT imported");
            if (added == ARCHIVE_ERROR)
                code = TOOL_USAGE;
        }
        model_free(&model);
    }
    return code;
}

/* Prints what a statement gives as a table whose columns are named as in the statement. TOOL_FAIL: it gives no row. */
static int print_query(sqlite3 *db, const char *sql, const char *argument)
{
    sqlite3_stmt *statement;
    struct table_column columns[TABLE_COLUMNS_MAX];
    struct table table;
    int count, code;
    bool any;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "idlelab db: %s\n", sqlite3_errmsg(db));
        return TOOL_USAGE;
    }
    count = sqlite3_column_count(statement);
    for (int i = 0; i < count; i++)
        columns[i] = (struct table_column){sqlite3_column_name(statement, i), false, 0};
    table_init(&table, columns, (size_t)count);
    if (argument)
        sqlite3_bind_text(statement, 1, argument, -1, SQLITE_TRANSIENT);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW && table_add_row(&table))
        for (int i = 0; i < count; i++) {
            const char *text = (const char *)sqlite3_column_text(statement, i);
            columns[i].right |= sqlite3_column_type(statement, i) == SQLITE_INTEGER;
            table_set(&table, (size_t)i, "%s", text ? text : "");
        }
    any = table.row_count > 0;
    if (any)
        table_print(&table, stdout, terminal_width(stdout, WIDTH_PIPED));
    table_free(&table);
    if (code != SQLITE_DONE)
        fprintf(stderr, "idlelab db: %s\n", code == SQLITE_ROW ? "no memory" : sqlite3_errmsg(db));
    sqlite3_finalize(statement);
    return code != SQLITE_DONE ? TOOL_USAGE : any ? TOOL_PASS : TOOL_FAIL;
}

static int list_runs(sqlite3 *db)
{
    int code;

    code = print_query(db,
                       "SELECT r.run_id AS run, substr(r.imported, 1, 19) AS imported, r.result AS result,"
                       " CASE r.whole WHEN 1 THEN '' ELSE 'incomplete' END AS log,"
                       " coalesce((SELECT value FROM fact f WHERE f.run_id = r.run_id"
                       "  AND f.label = 'hypervisor'), '') AS hypervisor,"
                       " coalesce((SELECT value FROM fact f WHERE f.run_id = r.run_id"
                       "  AND f.label = 'CPU'), '') AS cpu,"
                       " (SELECT count(*) FROM step s WHERE s.run_id = r.run_id) AS steps"
                       " FROM run r ORDER BY r.rowid",
                       NULL);
    return code == TOOL_FAIL ? TOOL_PASS : code; /* an archive without runs */
}

/* One run by the beginning of its identifier. */
static int show_run(sqlite3 *db, const char *prefix)
{
    int found = print_query(db,
                            "SELECT label AS fact, value FROM fact WHERE run_id ="
                            " (SELECT run_id FROM run WHERE run_id GLOB ?1 || '*')",
                            prefix);
    if (found == TOOL_FAIL) {
        fprintf(stderr, "idlelab db: no run begins with '%s'\n", prefix);
        return TOOL_USAGE;
    }
    if (found != TOOL_PASS)
        return found;
    putchar('\n');
    found = print_query(db,
                        /* Of differences (mtsc) only the median is an instruction's, and min less min, which is a
                           scalar; a row of a table has neither p99 nor max. */
                        "SELECT s.name AS step, s.verdict AS verdict, m.name AS metric, m.n AS n,"
                        " CASE WHEN m.unit <> 'mtsc' OR q99.value IS NULL THEN m.min ELSE (SELECT value FROM scalar c"
                        "  WHERE c.run_id = m.run_id AND c.step = m.step AND c.key = 'min_diff') END AS min,"
                        " q50.value AS p50, CASE WHEN m.unit <> 'mtsc' THEN q99.value END AS p99,"
                        " CASE WHEN m.unit <> 'mtsc' AND m.max >= m.min THEN m.max END AS max, m.unit AS unit"
                        " FROM step s LEFT JOIN metric m ON m.run_id = s.run_id AND m.step = s.step"
                        " LEFT JOIN quantile q50 ON q50.run_id = m.run_id AND q50.step = m.step"
                        "  AND q50.metric = m.name AND q50.name = 'p50'"
                        " LEFT JOIN quantile q99 ON q99.run_id = m.run_id AND q99.step = m.step"
                        "  AND q99.metric = m.name AND q99.name = 'p99'"
                        " WHERE s.run_id = (SELECT run_id FROM run WHERE run_id GLOB ?1 || '*') ORDER BY s.step",
                        prefix);
    return found == TOOL_FAIL ? TOOL_PASS : found; /* a run without steps */
}

static int run_db(int argc, char **argv)
{
    const char *path = FILE_DEFAULT;
    int first = 1;
    int left;
    const char *verb;
    bool is_import, is_list, is_show, is_trend;
    char error[256];
    sqlite3 *db;
    char **args;
    int code;

    if (argc > 2 && strcmp(argv[1], "--file") == 0) {
        path = argv[2];
        first = 3;
    }
    left = argc - first - 1;
    verb = left >= 0 ? argv[first] : "";
    is_import = strcmp(verb, "import") == 0 && left >= 1;
    is_list = strcmp(verb, "list") == 0 && left == 0;
    is_show = strcmp(verb, "show") == 0 && left == 1;
    is_trend = strcmp(verb, "trend") == 0 && left >= 1 && left <= 3;
    if (!is_import && !is_list && !is_show && !is_trend)
        return command_usage(&COMMAND_DB, "expected import, list, show or trend");
    db = archive_open(path, is_import, error, sizeof(error));
    if (!db) {
        fprintf(stderr, "idlelab db: %s: %s\n", path, error);
        return TOOL_USAGE;
    }
    args = argv + first + 1;
    if (is_import)
        code = import_logs(db, args, left);
    else if (is_list)
        code = list_runs(db);
    else if (is_show)
        code = show_run(db, args[0]);
    else
        code = trend_show(db, args[0], left > 1 ? args[1] : NULL, left > 2 ? args[2] : NULL);
    sqlite3_close(db);
    return code;
}

const struct command COMMAND_DB = {
    "db",
    run_db,
    "[--file FILE] import LOG... | list | show RUN | trend STEP [QUANTILE [METRIC]]",
    "keep many runs in one SQLite file and follow a figure over them",
    "  --file FILE  the archive (idlelab.db)\n"
    "  import       add runs; one that is there already is left alone\n"
    "  show RUN     one run, by the beginning of its identifier\n"
    "  trend        one figure over all runs, platform by platform (p99 of the step's main metric; of `cost` p50)\n",
};
