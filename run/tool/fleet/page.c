/* SPDX-License-Identifier: MIT */
/* The report as one page: what is odd and why, what changed, groups, then a row a machine. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/fleet/view.h"
#include "run/tool/report/assets.h"
#include "run/tool/report/view.h"

static void print_head(FILE *out, const struct view *view)
{
    char note[VIEW_NOTE_CHARS];

    fputs("<header>\n<h1>", out);
    report_text(out, view->campaign);
    report_tag(out, ", round ", view->rounds[view->current], "");
    fprintf(out, ": %zu machines, %zu of %zu jobs have a result</h1>\n", view->shown, view->results, view->jobs);
    fprintf(out, "<p class=\"result %s\">%zu odd", view->odd_count ? "fail" : "pass", view->odd_count);
    if (view->before != NAMES_NONE)
        fprintf(out, ", %zu changed otherwise than their group", view->changed_count);
    fputs("</p>\n", out);
    if (view->data.emulated)
        fputs("<p class=\"warning\">EMULATED: times are functional, not timings.</p>\n", out);
    if (view_unjudged(view, note))
        report_tag(out, "<p class=\"warning\">", note, "</p>\n");
    for (size_t g = 0; g < view->names.groups.count; g++)
        if (view_mixed(view, g, note))
            report_tag(out, "<p class=\"warning\">", note, "</p>\n");
    fputs("<p class=\"note\">", out);
    view_rule(out, view);
    fputs("</p>\n</header>\n", out);
}

/* The figures of an odd machine that are furthest off. */
static void print_figures(FILE *out, const struct view *view, size_t m)
{
    const struct data *data = &view->data;
    const double *levels = view->judged.levels + data->machines[m].group * data->figure_room;
    char text[VIEW_CHARS];

    fputs(
        "<details><summary>its figures that are off</summary><div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>"
        "figure</th><th class=\"number\">here</th><th class=\"number\">group</th><th "
        "class=\"number\">off</th></tr></thead>"
        "<tbody>\n",
        out);
    for (size_t f = 0; f < data->names->figures.count && f < data->figure_room; f++) {
        double off = JUDGED_AT(&view->judged, deviations, m, f);
        if (isnan(off) || fabs(off) < view->judged.least || fabs(JUDGED_AT(&view->judged, scores, m, f)) < 3)
            continue;
        report_tag(out, "<tr><td>", data->names->figures.texts[f], "</td>");
        fprintf(out, "<td class=\"number\">%s</td>", view_time(text, levels[f] + off));
        fprintf(out, "<td class=\"number\">%s</td>", view_time(text, levels[f]));
        fprintf(out, "<td class=\"number\">%s</td></tr>\n", view_change(text, off));
    }
    fputs("</tbody></table></div></details>", out);
}

static void print_odd(FILE *out, const struct view *view)
{
    char text[VIEW_CHARS], figure[256];

    if (view->odd_count == 0)
        return;
    fputs("<h2 id=\"odd\">Odd</h2>\n<ul class=\"odd-ones\">\n", out);
    for (size_t i = 0; i < view->odd_count; i++) {
        size_t m = view->order[i];
        const struct judged_machine *machine = &view->judged.machines[m];
        report_tag(out, "<li><b>", view->names.machines.texts[m], "</b> ");
        report_tag(out, "<span class=\"conf\">", view->names.groups.texts[view->data.machines[m].group], "</span> ");
        report_tag(out, "<strong>", machine->reason, "</strong>");
        fprintf(out, "<br>%zu of %zu figures are off", machine->off, machine->of);
        if (machine->worst != NAMES_NONE)
            report_tag(out, ", most ", view_figure(figure, view, machine->worst), "");
        if (machine->worst != NAMES_NONE)
            fprintf(out, ", %s", view_change(text, JUDGED_AT(&view->judged, deviations, m, machine->worst)));
        fprintf(out, " <span class=\"conf\">p %.1g</span>\n", machine->p);
        print_figures(out, view, m);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n<p class=\"note\">The reason is what differs from the group in the logs of the odd machines and "
          "hardly in "
          "others: a coincidence, to be looked at first.</p>\n",
          out);
}

static void print_change(FILE *out, const struct view *view, const char *what, const char *name,
                         const struct judged_change *change)
{
    char text[VIEW_CHARS], figure[256];

    fprintf(out, "<li>%s <b>", what);
    report_text(out, name);
    fprintf(out, "</b>: <span class=\"%s\">%s</span> ", change->change > 0 ? "slower" : "faster",
            view_change(text, change->change));
    report_text(out, view_figure(figure, view, change->figure));
    fprintf(out, " <span class=\"conf\">p %.2g</span></li>\n", change->p);
}

static void print_changes(FILE *out, const struct view *view)
{
    size_t said = 0;

    if (view->before == NAMES_NONE)
        return;
    report_tag(out, "<h2 id=\"changes\">Since round ", view->rounds[view->before], "</h2>\n<ul>\n");
    for (size_t g = 0; g < view->names.groups.count; g++)
        if (view->judged.groups[g].change.found && ++said)
            print_change(out, view, "group", view->names.groups.texts[g], &view->judged.groups[g].change);
    for (size_t i = 0; i < view->shown; i++)
        if (view->judged.machines[view->order[i]].change.found && ++said)
            print_change(out, view, "machine", view->names.machines.texts[view->order[i]],
                         &view->judged.machines[view->order[i]].change);
    if (said == 0)
        fputs("<li>nothing that the boots confirm</li>\n", out);
    fprintf(out,
            "</ul>\n<p class=\"note\">Each p is of all figures together (max-T, as <code>compare</code> has it): a "
            "group's by "
            "its machines, before and now; a machine's by its boots, less its group's change. Over groups and over "
            "machines at most %g %% of what is named is false on average.</p>\n",
            100 * JUDGE_CHANGE_RATE);
}

/* The group's figures: its level, and how far its machines spread. */
static void print_group(FILE *out, const struct view *view, size_t g)
{
    const struct data *data = &view->data;
    char text[VIEW_CHARS];

    report_tag(out, "<details class=\"rows\"><summary>", view->names.groups.texts[g], "");
    fprintf(out, ": %zu machines", view->judged.groups[g].machines);
    for (size_t r = 0; view->round_count > 1 && r < view->round_count; r++)
        fprintf(out, "%s%s", r ? ", " : "; p50 by round ",
                view_change(text, view->group_trend[g * VIEW_ROUNDS_MAX + r]));
    fputs("</summary><div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>figure</th><th "
          "class=\"number\">median</th><th "
          "class=\"number\">spread of machines</th></tr></thead><tbody>\n",
          out);
    for (size_t f = 0; f < data->names->figures.count && f < data->figure_room; f++) {
        double spread = view->judged.spreads[g * data->figure_room + f];
        if (isnan(view->judged.levels[g * data->figure_room + f]))
            continue;
        report_tag(out, "<tr><td>", data->names->figures.texts[f], "</td>");
        fprintf(out, "<td class=\"number\">%s</td>", view_time(text, view->judged.levels[g * data->figure_room + f]));
        if (isnan(spread))
            fputs("<td class=\"number\">-</td></tr>\n", out);
        else
            fprintf(out, "<td class=\"number\">%.1f %%</td></tr>\n", 100 * spread);
    }
    fputs("</tbody></table></div></details>\n", out);
}

void view_print_page(FILE *out, const void *context)
{
    const struct view *view = context;

    /* report_may_replace() knows its own pages by the title. */
    fprintf(out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            "<title>idlelab report</title>\n<style>\n%s\n%s</style></head><body class=\"fleet\">\n",
            asset_report_css, asset_fleet_css);
    print_head(out, view);
    fputs("<main>\n", out);
    print_odd(out, view);
    print_changes(out, view);
    fputs("<h2 id=\"groups\">Groups</h2>\n", out);
    for (size_t g = 0; g < view->names.groups.count; g++)
        print_group(out, view, g);
    view_print_machines(out, view);
    fputs("</main>\n<footer><p>Made by idlelab.</p></footer>\n</body></html>\n", out);
}
