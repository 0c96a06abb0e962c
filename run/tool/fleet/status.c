/* SPDX-License-Identifier: MIT */
/* `idlelab fleet status`: how far a round is, as the last `collect` left it; which jobs are to be run. */
#include <stdio.h>
#include <string.h>

#include "run/tool/db/statement.h"
#include "run/tool/fleet/fleet.h"
#include "run/tool/log/load.h"
#include "run/tool/show/text_table.h"

#define WIDTH_PIPED 160

static int complain(sqlite3 *db)
{
    fprintf(stderr, "idlelab fleet: %s\n", sqlite3_errmsg(db));
    return TOOL_USAGE;
}

static int print_todo(const struct fleet_round *round)
{
    sqlite3_stmt *jobs = statement_open(
        round->db, "SELECT job FROM job WHERE campaign = ? AND round = ? AND todo = 1 ORDER BY tries > 0, place", "tt",
        round->campaign, round->round);
    int code;

    if (!jobs)
        return complain(round->db);
    while ((code = sqlite3_step(jobs)) == SQLITE_ROW)
        puts(statement_text(jobs, 0));
    sqlite3_finalize(jobs);
    return code == SQLITE_DONE ? TOOL_PASS : complain(round->db);
}

/* How many jobs are in which state, and the others than `done` one by one. */
static int print_table(const struct fleet_round *round, const char *sql, const struct table_column *columns,
                       size_t count)
{
    sqlite3_stmt *rows = statement_open(round->db, sql, "tt", round->campaign, round->round);
    struct table table;
    int code;

    if (!rows)
        return complain(round->db);
    table_init(&table, columns, count);
    while ((code = sqlite3_step(rows)) == SQLITE_ROW && table_add_row(&table))
        for (size_t i = 0; i < count; i++)
            table_set(&table, i, "%s", statement_text(rows, (int)i));
    if (table.row_count > 0)
        table_print(&table, stdout, terminal_width(stdout, WIDTH_PIPED));
    table_free(&table);
    sqlite3_finalize(rows);
    return code == SQLITE_DONE ? TOOL_PASS : complain(round->db);
}

static int print_status(const struct fleet_round *round)
{
    static const struct table_column totals[] = {
        {"state", false, 0}, {"jobs", true, 0}, {"tries", true, 0}, {"to be run", true, 0}};
    static const struct table_column jobs[] = {
        {"job", false, 0}, {"state", false, 0}, {"reason", false, 2}, {"tries", true, 1}, {"next", false, 0}};
    int code;

    printf("%s, round %s\n", round->campaign, round->round);
    code = print_table(round,
                       "SELECT state, count(*), sum(tries), sum(todo) FROM job WHERE campaign = ? AND round = ?"
                       " GROUP BY state ORDER BY min(place)",
                       totals, 4);
    if (code != TOOL_PASS)
        return code;
    putchar('\n');
    return print_table(
        round,
        "SELECT job, state, reason, tries, CASE WHEN todo THEN 'again' WHEN state IN ('running', 'done') THEN ''"
        " WHEN state = 'failed' THEN 'no more' ELSE 'given up' END FROM job WHERE campaign = ? AND"
        " round = ? AND (state NOT IN ('done', 'planned') OR reason <> '') ORDER BY place",
        jobs, 5);
}

int fleet_status(const struct fleet_options *options)
{
    struct fleet_round round;
    int code = TOOL_USAGE;

    if (fleet_open(&round, options, false))
        code = options->todo ? print_todo(&round) : print_status(&round);
    fleet_close(&round);
    return code;
}
