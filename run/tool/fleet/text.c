/* SPDX-License-Identifier: MIT */
/* The report for a terminal: what is odd, what changed, groups, machines. */
#include <math.h>
#include <string.h>

#include "run/tool/fleet/view.h"
#include "run/tool/show/text_table.h"

#define WIDTH_PIPED   160
#define MACHINES_TEXT 20 /* rows; the page has all */

static void print_head(FILE *out, const struct view *view)
{
    char note[VIEW_NOTE_CHARS];

    fprintf(out, "%s, round %s: %zu machines in %zu groups, %zu of %zu jobs have a result\n", view->campaign,
            view->rounds[view->current], view->shown, view->names.groups.count, view->results, view->jobs);
    if (view->data.emulated)
        fputs("! EMULATED: times are functional, not timings.\n", out);
    view_rule(out, view);
    fprintf(out, "\n\n%zu odd\n", view->odd_count);
    if (view_unjudged(view, note))
        fprintf(out, "! %s\n", note);
    for (size_t g = 0; g < view->names.groups.count; g++)
        if (view_mixed(view, g, note))
            fprintf(out, "! %s\n", note);
}

static void print_odd(FILE *out, const struct view *view)
{
    static const struct table_column columns[] = {{"machine", false, 0}, {"group", false, 3},  {"off", true, 1},
                                                  {"most", true, 0},     {"figure", false, 2}, {"why", false, 0}};
    struct table table;
    char text[VIEW_CHARS], figure[256];

    if (view->odd_count == 0)
        return;
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < view->odd_count && table_add_row(&table); i++) {
        size_t m = view->order[i];
        const struct judged_machine *machine = &view->judged.machines[m];
        table_set(&table, 0, "%s", view->names.machines.texts[m]);
        table_set(&table, 1, "%s", view->names.groups.texts[view->data.machines[m].group]);
        table_set(&table, 2, "%zu of %zu", machine->off, machine->of);
        if (machine->worst != NAMES_NONE)
            table_set(&table, 3, "%s", view_change(text, JUDGED_AT(&view->judged, deviations, m, machine->worst)));
        table_set(&table, 4, "%s", view_figure(figure, view, machine->worst));
        table_set(&table, 5, "%s", machine->reason);
    }
    table_print(&table, out, terminal_width(out, WIDTH_PIPED));
    table_free(&table);
}

static void print_changes(FILE *out, const struct view *view)
{
    char text[VIEW_CHARS], figure[256];
    size_t said = 0;

    if (view->before == NAMES_NONE)
        return;
    fprintf(out, "\nSince round %s\n", view->rounds[view->before]);
    for (size_t g = 0; g < view->names.groups.count; g++) {
        const struct judged_change *change = &view->judged.groups[g].change;
        if (!change->found)
            continue;
        fprintf(out, "  group %s: %s %s (p %.2g)\n", view->names.groups.texts[g], view_change(text, change->change),
                view_figure(figure, view, change->figure), change->p);
        said++;
    }
    for (size_t i = 0; i < view->shown; i++) {
        const struct judged_change *change = &view->judged.machines[view->order[i]].change;
        if (!change->found)
            continue;
        fprintf(out, "  machine %s, otherwise than its group: %s %s (p %.2g)\n",
                view->names.machines.texts[view->order[i]], view_change(text, change->change),
                view_figure(figure, view, change->figure), change->p);
        said++;
    }
    if (said == 0)
        fputs("  nothing that the boots confirm\n", out);
}

static void print_machines(FILE *out, const struct view *view)
{
    static const struct table_column columns[] = {{"machine", false, 0}, {"group", false, 3}, {"boots", true, 2},
                                                  {"p50", true, 0},      {"p99", true, 0},    {"over boots", false, 1},
                                                  {"off", true, 1},      {"", false, 0}};
    struct table table;
    char low[VIEW_CHARS], high[VIEW_CHARS];

    fputs("\nMachines: how far the median figure is off the group's\n", out);
    table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
    for (size_t i = 0; i < view->shown && i < MACHINES_TEXT && table_add_row(&table); i++) {
        size_t m = view->order[i];
        const struct judged_machine *machine = &view->judged.machines[m];
        table_set(&table, 0, "%s", view->names.machines.texts[m]);
        table_set(&table, 1, "%s", view->names.groups.texts[view->data.machines[m].group]);
        table_set(&table, 2, "%zu", view->data.machines[m].boots);
        table_set(&table, 3, "%s", view_change(low, machine->middle));
        table_set(&table, 4, "%s", view_change(low, machine->tail));
        table_set(&table, 5, "%s to %s", view_change(low, machine->low), view_change(high, machine->high));
        table_set(&table, 6, "%zu of %zu", machine->off, machine->of);
        table_set(&table, 7, "%s%s",
                  machine->odd   ? "odd"
                  : machine->far ? "not named"
                                 : "",
                  machine->change.found ? " changed" : "");
        if (machine->odd)
            table_paint(&table, PAINT_WARN);
    }
    table_print(&table, out, terminal_width(out, WIDTH_PIPED));
    table_free(&table);
    if (view->shown > MACHINES_TEXT)
        fprintf(out, "and %zu more: --output FILE.html has all\n", view->shown - MACHINES_TEXT);
}

void view_print_text(FILE *out, const struct view *view)
{
    print_head(out, view);
    print_odd(out, view);
    print_changes(out, view);
    print_machines(out, view);
}
