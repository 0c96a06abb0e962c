/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/db/settings.h"
#include "run/tool/db/statement.h"

/* A p99 of fewer samples is one of the last three. */
#define P99_SAMPLES  300
#define FIGURE_CHARS 256

/* Facts that differ from boot to boot, or from machine to machine, without any meaning for a figure. */
static const char *const MEANINGLESS[] = {"script",    "script CRC", "seed",     "arguments",  "TSC",
                                          "TSC check", "TSC bound",  "TSC step", "TSC offset", "time stamp",
                                          "machines",  "load",       "POWER_CTL"};

struct loading {
    struct data *data;
    sqlite3_stmt *jobs, *figures, *facts;
    bool many_scripts, failed;
};

static bool is_meaningless(const char *label)
{
    for (size_t i = 0; i < sizeof(MEANINGLESS) / sizeof(MEANINGLESS[0]); i++)
        if (strcmp(label, MEANINGLESS[i]) == 0)
            return true;
    return false;
}

/* Nanoseconds of a value in its unit; NAN: it is no time. */
static double time_of(double value, const char *unit, double hz)
{
    if (strcmp(unit, "ns") == 0)
        return value;
    if (hz <= 0)
        return NAN;
    return strcmp(unit, "tsc") == 0 ? value * 1e9 / hz : strcmp(unit, "mtsc") == 0 ? value * 1e6 / hz : NAN;
}

static void take_figure(struct loading *loading, size_t machine, size_t boot, const char *script, double hz)
{
    sqlite3_stmt *row = loading->figures;
    struct data *data = loading->data;
    const char *quantile = statement_text(row, 4);
    double ns = time_of(sqlite3_column_double(row, 5), statement_text(row, 2), hz);
    char name[FIGURE_CHARS];
    size_t figure;

    if (!(ns > 0) || (strcmp(quantile, "p99") == 0 && sqlite3_column_int64(row, 3) < P99_SAMPLES))
        return;
    snprintf(name, sizeof(name), "%s%s%s %s", loading->many_scripts ? script : "", loading->many_scripts ? "/" : "",
             statement_text(row, 0), quantile);
    figure = names_find(&data->names->figures, name, data->names->figures.count < DATA_FIGURES_MAX);
    if (figure != NAMES_NONE && figure < data->figure_room)
        DATA_AT(data, machine, figure, boot) = log(ns);
}

/* The step's main metric alone: wake_latency, else the first by name. */
static void take_figures(struct loading *loading, const char *run_id, size_t machine, size_t boot, const char *script,
                         double hz)
{
    char step[FIGURE_CHARS] = "", metric[FIGURE_CHARS] = "";

    sqlite3_bind_text(loading->figures, 1, run_id, -1, SQLITE_STATIC);
    while (sqlite3_step(loading->figures) == SQLITE_ROW) {
        if (strcmp(step, statement_text(loading->figures, 0)) != 0) {
            snprintf(step, sizeof(step), "%s", statement_text(loading->figures, 0));
            snprintf(metric, sizeof(metric), "%s", statement_text(loading->figures, 1));
        }
        if (strcmp(metric, statement_text(loading->figures, 1)) == 0)
            take_figure(loading, machine, boot, script, hz);
    }
    sqlite3_reset(loading->figures);
}

static void take_socket(struct loading *loading, const char *script, const char *step, const char *value)
{
    static const char *const quantiles[] = {"p50", "p99"};
    struct data_names *names = loading->data->names;

    for (size_t i = 0; i < 2; i++) {
        char name[FIGURE_CHARS];
        size_t figure;
        snprintf(name, sizeof(name), "%s%s%.200s %s", loading->many_scripts ? script : "",
                 loading->many_scripts ? "/" : "", step, quantiles[i]);
        figure = names_find(&names->figures, name, false);
        if (figure != NAMES_NONE && figure < DATA_FIGURES_MAX)
            names->socket[figure] = atoi(value);
    }
}

static void take_facts(struct loading *loading, const char *run_id, struct data_machine *machine, const char *script)
{
    struct data_names *names = loading->data->names;

    sqlite3_bind_text(loading->facts, 1, run_id, -1, SQLITE_STATIC);
    while (sqlite3_step(loading->facts) == SQLITE_ROW) {
        const char *label = statement_text(loading->facts, 0), *value = statement_text(loading->facts, 1);
        size_t at;
        if (strncmp(label, SETTING_SOCKET, strlen(SETTING_SOCKET)) == 0) {
            take_socket(loading, script, label + strlen(SETTING_SOCKET), value);
            continue;
        }
        if (is_meaningless(label))
            continue;
        at = names_find(&names->labels, label, names->labels.count < DATA_LABELS_MAX);
        if (at != NAMES_NONE)
            machine->values[at] = names_find(&names->values, value, true);
    }
    sqlite3_reset(loading->facts);
}

static size_t machine_of(struct loading *loading)
{
    struct data *data = loading->data;
    const char *name = statement_text(loading->jobs, 0), *group = statement_text(loading->jobs, 1);
    size_t machine, number;

    number = names_find(&data->names->groups, name[0] && group[0] ? group : statement_text(loading->jobs, 6), true);
    machine = names_find(&data->names->machines, name[0] ? name : group, true);
    if (machine >= data->machine_room || number == NAMES_NONE)
        return NAMES_NONE;
    data->machines[machine].group = number;
    if (!data->machines[machine].values) {
        data->machines[machine].values = malloc(DATA_LABELS_MAX * sizeof(size_t));
        for (size_t i = 0; data->machines[machine].values && i < DATA_LABELS_MAX; i++)
            data->machines[machine].values[i] = NAMES_NONE;
    }
    return data->machines[machine].values ? machine : NAMES_NONE;
}

static void take_job(struct loading *loading)
{
    size_t boot = (size_t)sqlite3_column_int64(loading->jobs, 3) - 1, machine = machine_of(loading);
    char run_id[64], script[CAMPAIGN_NAME_MAX + 1];

    if (machine == NAMES_NONE || boot >= loading->data->boot_room)
        return;
    snprintf(script, sizeof(script), "%s", statement_text(loading->jobs, 2));
    snprintf(run_id, sizeof(run_id), "%s", statement_text(loading->jobs, 4));
    loading->data->machines[machine].boots++;
    loading->data->runs++;
    loading->data->emulated |= sqlite3_column_int(loading->jobs, 7) != 0;
    take_figures(loading, run_id, machine, boot, script, sqlite3_column_double(loading->jobs, 5));
    take_facts(loading, run_id, &loading->data->machines[machine], script);
}

static int64_t count_of(sqlite3 *db, const char *sql, const char *campaign, const char *round)
{
    sqlite3_stmt *row = statement_open(db, sql, "tt", campaign, round);
    int64_t count = row && sqlite3_step(row) == SQLITE_ROW ? sqlite3_column_int64(row, 0) : -1;
    sqlite3_finalize(row);
    return count;
}

/* Room for the machines and figures that the round, and the rounds before, can have. */
static bool make_room(struct loading *loading, sqlite3 *db, const char *campaign, const char *round)
{
    struct data *data = loading->data;
    int64_t machines = count_of(db,
                                "SELECT count(DISTINCT machine || '/' || grp) FROM job WHERE campaign = ? AND"
                                " (round = ? OR 1)",
                                campaign, round);
    int64_t figures = count_of(db,
                               "SELECT 2 * count(DISTINCT j.script || '/' || s.name) FROM job j JOIN step s ON"
                               " s.run_id = j.run_id WHERE campaign = ? AND (round = ? OR 1)",
                               campaign, round);
    int64_t boots = count_of(db, "SELECT max(boot) FROM job WHERE campaign = ? AND (round = ? OR 1)", campaign, round);
    size_t count;

    loading->many_scripts =
        count_of(db, "SELECT count(DISTINCT script) FROM job WHERE campaign = ? AND (round = ? OR 1)", campaign,
                 round) > 1;
    if (machines <= 0 || figures < 0 || boots < 1)
        return false;
    data->machine_room = (size_t)machines < DATA_MACHINES_MAX ? (size_t)machines : DATA_MACHINES_MAX;
    data->figure_room = (size_t)figures < DATA_FIGURES_MAX ? (size_t)figures : DATA_FIGURES_MAX;
    data->boot_room = (size_t)boots < CAMPAIGN_BOOTS_MAX ? (size_t)boots : CAMPAIGN_BOOTS_MAX;
    count = data->machine_room * data->figure_room * data->boot_room;
    data->machines = calloc(data->machine_room + 1, sizeof(*data->machines));
    data->figures = malloc((count + 1) * sizeof(*data->figures));
    for (size_t i = 0; data->figures && i < count; i++)
        data->figures[i] = NAN;
    return data->machines && data->figures;
}

bool data_load(struct data *data, struct data_names *names, sqlite3 *db, const char *campaign, const char *round)
{
    struct loading loading = {.data = data};
    bool good;

    *data = (struct data){.names = names};
    if (names->figures.count == 0)
        memset(names->socket, -1, sizeof(names->socket));
    good = make_room(&loading, db, campaign, round);
    loading.jobs = statement_open(
        db,
        "SELECT j.machine, j.grp, j.script, j.boot, j.run_id, r.tsc_hz, coalesce((SELECT value FROM fact f WHERE"
        " f.run_id = j.run_id AND f.label = 'CPU'), 'unknown CPU'), r.emulated FROM job j JOIN run r ON"
        " r.run_id = j.run_id WHERE j.campaign = ? AND j.round = ? ORDER BY j.place",
        "tt", campaign, round);
    loading.figures = statement_open(
        db,
        "SELECT s.name, m.name, m.unit, m.n, q.name, q.value FROM step s JOIN metric m ON m.run_id = s.run_id AND"
        " m.step = s.step JOIN quantile q ON q.run_id = m.run_id AND q.step = m.step AND q.metric = m.name"
        " WHERE s.run_id = ?1 AND (q.name = 'p50' OR (q.name = 'p99' AND m.unit <> 'mtsc'))"
        " ORDER BY s.step, m.name <> 'wake_latency', m.name, q.name",
        "");
    loading.facts = statement_open(
        db,
        "SELECT label, value FROM fact WHERE run_id = ?1 UNION ALL SELECT label, value FROM setting WHERE run_id = ?1",
        "");
    good = good && loading.jobs && loading.figures && loading.facts;
    while (good && sqlite3_step(loading.jobs) == SQLITE_ROW)
        take_job(&loading);
    sqlite3_finalize(loading.jobs);
    sqlite3_finalize(loading.figures);
    sqlite3_finalize(loading.facts);
    if (!good)
        fprintf(stderr, "idlelab fleet: no results of %s, round %s: `idlelab fleet collect` reads them\n", campaign,
                round);
    return good;
}

void data_free(struct data *data)
{
    for (size_t i = 0; data->machines && i < data->machine_room; i++)
        free(data->machines[i].values);
    free(data->machines);
    free(data->figures);
    *data = (struct data){0};
}

void data_names_free(struct data_names *names)
{
    names_free(&names->machines);
    names_free(&names->groups);
    names_free(&names->figures);
    names_free(&names->labels);
    names_free(&names->values);
}

void data_step_of(const struct data_names *names, size_t figure, char *room, size_t bytes)
{
    const char *text = names->figures.texts[figure], *blank = strrchr(text, ' ');
    snprintf(room, bytes, "%.*s", blank ? (int)(blank - text) : 0, text);
}

const char *data_quantile_of(const struct data_names *names, size_t figure)
{
    return strrchr(names->figures.texts[figure], ' ') + 1;
}
