/* SPDX-License-Identifier: MIT */
/* The rounds of a campaign, and how machines and groups went over them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/db/statement.h"
#include "run/tool/fleet/view.h"
#include "run/tool/median.h"

static size_t find_round(const struct view *view, const char *round)
{
    for (size_t i = 0; i < view->round_count; i++)
        if (strcmp(view->rounds[i], round) == 0)
            return i;
    return NAMES_NONE;
}

/* Rounds in the order of their first result, up to `last`: the last VIEW_ROUNDS_MAX of them. */
static bool list_rounds(struct view *view, sqlite3 *db, const char *last)
{
    sqlite3_stmt *row = statement_open(db,
                                       "SELECT j.round FROM job j JOIN run r ON r.run_id = j.run_id WHERE"
                                       " j.campaign = ? GROUP BY j.round ORDER BY min(r.rowid)",
                                       "t", view->campaign);
    bool found = false;

    while (row && !found && sqlite3_step(row) == SQLITE_ROW) {
        if (view->round_count == VIEW_ROUNDS_MAX) {
            memmove(view->rounds[0], view->rounds[1], sizeof(view->rounds) - sizeof(view->rounds[0]));
            view->round_count--;
        }
        snprintf(view->rounds[view->round_count], sizeof(view->rounds[0]), "%s", statement_text(row, 0));
        found = strcmp(view->rounds[view->round_count++], last) == 0;
    }
    sqlite3_finalize(row);
    return found;
}

bool view_rounds(struct view *view, sqlite3 *db, const char *round, const char *against)
{
    if (!list_rounds(view, db, round)) {
        fprintf(stderr, "idlelab fleet: no results of %s, round %s: `idlelab fleet collect` reads them\n",
                view->campaign, round);
        return false;
    }
    view->current = view->round_count - 1;
    view->before = against ? find_round(view, against) : view->current > 0 ? view->current - 1 : NAMES_NONE;
    if (against && (view->before == NAMES_NONE || view->before == view->current)) {
        fprintf(stderr, "idlelab fleet: found --against %s, expected one of the last %d rounds before %s\n", against,
                VIEW_ROUNDS_MAX, round);
        return false;
    }
    return true;
}

/* The median over a machine's p50 figures of what they are off from `levels`. */
static double off_by(const struct data *data, size_t machine, const double *levels, size_t figures)
{
    double work[DATA_FIGURES_MAX];
    size_t n = 0;

    for (size_t f = 0; f < figures && f < data->figure_room; f++)
        if (strcmp(data_quantile_of(data->names, f), "p50") == 0)
            work[n++] = judge_level(data, machine, f) - levels[data->machines[machine].group * DATA_FIGURES_MAX + f];
    return median_of(work, n);
}

/* The first round in which a group has a figure is what all later ones are held against. */
static void take_levels(const struct data *data, double *levels, double *work)
{
    for (size_t g = 0; g < data->names->groups.count; g++)
        for (size_t f = 0; f < data->names->figures.count && f < data->figure_room; f++) {
            size_t n = 0;
            if (!isnan(levels[g * DATA_FIGURES_MAX + f]))
                continue;
            for (size_t m = 0; m < data->machine_room; m++)
                if (data->machines[m].boots > 0 && data->machines[m].group == g)
                    work[n++] = judge_level(data, m, f);
            levels[g * DATA_FIGURES_MAX + f] = median_of(work, n);
        }
}

static void take_round(struct view *view, const struct data *data, size_t round, const double *levels, double *work)
{
    for (size_t m = 0; m < data->machine_room; m++)
        if (data->machines[m].boots > 0)
            view->machine_trend[m * VIEW_ROUNDS_MAX + round] = off_by(data, m, levels, data->names->figures.count);
    for (size_t g = 0; g < data->names->groups.count; g++) {
        size_t n = 0;
        for (size_t m = 0; m < data->machine_room; m++)
            if (data->machines[m].boots > 0 && data->machines[m].group == g)
                work[n++] = view->machine_trend[m * VIEW_ROUNDS_MAX + round];
        view->group_trend[g * VIEW_ROUNDS_MAX + round] = median_of(work, n);
    }
}

static double *blank(size_t count)
{
    double *values = malloc((count + 1) * sizeof(*values));
    for (size_t i = 0; values && i < count; i++)
        values[i] = NAN;
    return values;
}

bool view_trend(struct view *view, sqlite3 *db)
{
    size_t machines = view->data.machine_room, groups = machines; /* of all rounds: no more groups than machines */
    double *levels = blank(groups * DATA_FIGURES_MAX), *work = blank(machines);
    bool good;

    view->machine_trend = blank(machines * VIEW_ROUNDS_MAX);
    view->group_trend = blank(groups * VIEW_ROUNDS_MAX);
    good = levels && work && view->machine_trend && view->group_trend;
    for (size_t r = 0; good && r < view->round_count; r++) {
        struct data other = {0};
        const struct data *data = r == view->current ? &view->data : &other;
        if (r != view->current)
            good = data_load(&other, &view->names, db, view->campaign, view->rounds[r]);
        if (good) {
            take_levels(data, levels, work);
            take_round(view, data, r, levels, work);
        }
        data_free(&other);
    }
    free(levels);
    free(work);
    return good;
}
