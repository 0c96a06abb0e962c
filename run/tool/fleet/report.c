/* SPDX-License-Identifier: MIT */
/* `idlelab fleet report`: a round of a campaign, as a text or as one page. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/db/statement.h"
#include "run/tool/fleet/fleet.h"
#include "run/tool/fleet/view.h"
#include "run/tool/log/load.h"
#include "run/tool/report/view.h"

#define LEAST_DEFAULT 5 /* % */

/* qsort() has no context: each place carries what decides. */
struct place {
    size_t machine;
    double weight;
    const char *name;
};

static int by_weight(const void *left, const void *right)
{
    const struct place *l = left, *r = right;
    if (l->weight != r->weight)
        return l->weight < r->weight ? -1 : 1;
    return strcmp(l->name, r->name);
}

/* Odd ones by their p, then those that changed, then all the others by name. */
static bool order_machines(struct view *view)
{
    struct place *places = calloc(view->data.machine_room + 1, sizeof(*places));

    view->order = calloc(view->data.machine_room + 1, sizeof(*view->order));
    for (size_t m = 0; places && view->order && m < view->data.machine_room; m++) {
        const struct judged_machine *machine = &view->judged.machines[m];
        if (view->data.machines[m].boots == 0)
            continue;
        view->odd_count += machine->odd;
        view->changed_count += machine->change.found;
        places[view->shown++] = (struct place){m,
                                               machine->odd            ? machine->p - 2
                                               : machine->change.found ? machine->change.p - 1
                                               : machine->far          ? 1
                                                                       : 2,
                                               view->names.machines.texts[m]};
    }
    if (places)
        qsort(places, view->shown, sizeof(*places), by_weight);
    for (size_t i = 0; places && view->order && i < view->shown; i++)
        view->order[i] = places[i].machine;
    free(places);
    return places && view->order;
}

static void count_jobs(struct view *view, sqlite3 *db, const char *round)
{
    sqlite3_stmt *row = statement_open(db, "SELECT count(*), count(run_id) FROM job WHERE campaign = ? AND round = ?",
                                       "tt", view->campaign, round);
    if (row && sqlite3_step(row) == SQLITE_ROW) {
        view->jobs = (size_t)sqlite3_column_int64(row, 0);
        view->results = (size_t)sqlite3_column_int64(row, 1);
    }
    sqlite3_finalize(row);
}

static bool judge_before(struct view *view, sqlite3 *db)
{
    struct data before;
    bool good;

    if (view->before == NAMES_NONE)
        return true;
    good = data_load(&before, &view->names, db, view->campaign, view->rounds[view->before]) &&
           judge_changes(&view->judged, &before);
    data_free(&before);
    return good;
}

static bool make_view(struct view *view, sqlite3 *db, const struct fleet_options *options, const char *round)
{
    double least = log1p((options->least > 0 ? options->least : LEAST_DEFAULT) / 100);

    count_jobs(view, db, round);
    return view_rounds(view, db, round, options->against) &&
           data_load(&view->data, &view->names, db, view->campaign, round) &&
           judge(&view->judged, &view->data, least) && judge_before(view, db) && view_trend(view, db) &&
           order_machines(view);
}

int fleet_report(const struct fleet_options *options)
{
    struct view *view = calloc(1, sizeof(*view));
    struct fleet_round round = {.db = NULL};
    bool good;

    if (options->output && !options->force && !report_may_replace(options->output)) {
        free(view);
        return TOOL_USAGE;
    }
    good = view && fleet_open(&round, options, false);
    if (good) {
        view->campaign = round.campaign;
        good = make_view(view, round.db, options, round.round);
    }
    if (good && options->output)
        good = report_write(options->output, view_print_page, view);
    else if (good)
        view_print_text(stdout, view);
    if (view) {
        judge_free(&view->judged);
        data_free(&view->data);
        data_names_free(&view->names);
        free(view->machine_trend);
        free(view->group_trend);
        free(view->order);
        good = good && view->odd_count < NAMES_NONE;
    }
    free(view);
    fleet_close(&round);
    return good ? TOOL_PASS : TOOL_USAGE;
}
