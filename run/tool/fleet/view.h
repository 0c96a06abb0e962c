/* SPDX-License-Identifier: MIT */
/* What the parts of `fleet report` share: the judged round, its trend, words for numbers. */
#ifndef LAB_TOOL_FLEET_VIEW_H
#define LAB_TOOL_FLEET_VIEW_H

#include <stdio.h>

#include "run/tool/fleet/judge.h"

#define VIEW_ROUNDS_MAX 12
#define VIEW_CHARS      64
#define VIEW_NOTE_CHARS 512

struct view {
    const char *campaign;
    char rounds[VIEW_ROUNDS_MAX][CAMPAIGN_NAME_MAX + 1]; /* the last ones, in the order of their first result */
    size_t round_count, current, before;                 /* NAMES_NONE: none before */
    struct data_names names;
    struct data data;
    struct judged judged;
    double *machine_trend; /* machine x round: median deviation of its p50 from its group's first round; NAN */
    double *group_trend;   /* group x round: the same of the group's median */
    size_t jobs, results;
    size_t *order; /* of the machines with results: odd ones first, by p; then those that changed; by name */
    size_t shown, odd_count, changed_count;
};

/* trend.c. Rounds of the campaign up to the one that is reported; then the trends. False without memory or results. */
bool view_rounds(struct view *view, sqlite3 *db, const char *round, const char *against);
bool view_trend(struct view *view, sqlite3 *db);

/* words.c. "+12.3 %" of a logarithm, "-" of NAN; "12.3 us" of one of ns; a figure's step and quantile. */
const char *view_change(char text[VIEW_CHARS], double logarithm);
const char *view_time(char text[VIEW_CHARS], double logarithm);
const char *view_figure(char text[256], const struct view *view, size_t figure);

/* What the judgement stands on, in a sentence. */
void view_rule(FILE *out, const struct view *view);

/* notes.c. True with a sentence: machines are not judged; many of a group are off and none is named for it. */
bool view_unjudged(const struct view *view, char text[VIEW_NOTE_CHARS]);
bool view_mixed(const struct view *view, size_t group, char text[VIEW_NOTE_CHARS]);

/* text.c and page.c: the report for a terminal, and as a page. */
void view_print_text(FILE *out, const struct view *view);
void view_print_page(FILE *out, const void *view);

/* rows.c: the page's row for each machine. */
void view_print_machines(FILE *out, const struct view *view);

#endif
