/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/plan_scripts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/plan/planner.h"

bool plan_path(const char *base, const char *path, char whole[FLEET_PATH_CHARS])
{
    return snprintf(whole, FLEET_PATH_CHARS, "%s%s", path[0] == '/' ? "" : base, path) < FLEET_PATH_CHARS;
}

/* Judges a script by what its file says, at `path`, or by its name. `planner` NULL: nobody can judge it. */
static bool judge(struct planner *planner, const struct campaign *campaign, const struct campaign_item *item,
                  const struct plan_script *script, const char *path)
{
    char name[FLEET_PATH_CHARS + CAMPAIGN_NAME_MAX + 16];

    if (!planner)
        return true;
    if (script->text)
        planner_take_file(planner, path, script->text, strlen(script->text));
    else {
        snprintf(name, sizeof(name), "%s: script %s", campaign->file, item->name);
        planner_take_words(planner, name, item->name);
    }
    return planner_build(planner);
}

static bool read_one(struct planner *planner, const struct campaign *campaign, const char *base,
                     const struct campaign_item *item, struct plan_script *script)
{
    char path[FLEET_PATH_CHARS] = "";
    size_t bytes;

    snprintf(script->words, sizeof(script->words), "%s", item->name);
    if (item->file) {
        script->text = plan_path(base, item->file, path) ? campaign_slurp(path, SCRIPT_TEXT_MAX, &bytes) : NULL;
        if (!script->text)
            return false;
    }
    if (!judge(planner, campaign, item, script, path))
        return false;
    if (!item->file || script_words(script->text, script->words))
        return true;
    fprintf(stderr, "idlelab fleet plan: %s: expected at most %d characters without comments\n", path,
            SCRIPT_WORDS_BYTES - 1);
    return false;
}

bool plan_scripts_read(const struct campaign *campaign, const char *base, const char *image,
                       struct plan_script *scripts)
{
    struct planner *planner = malloc(sizeof(*planner));
    const char *why = planner ? planner_open(planner, image) : NULL;
    bool good = planner != NULL;

    if (why) {
        fprintf(stderr, "idlelab fleet plan: %s %s%s\n", planner->path, why, image ? "" : ": no script is checked");
        good = image == NULL;
    }
    for (size_t i = 0; good && i < campaign->script_count; i++)
        good = read_one(why ? NULL : planner, campaign, base, &campaign->scripts[i], &scripts[i]);
    if (planner)
        planner_close(planner);
    free(planner);
    return good;
}
