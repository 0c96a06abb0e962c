/* SPDX-License-Identifier: MIT */
/* What a reader of "0 odd" has to know: which machines are not judged, and which groups are too mixed to name one. */
#include <math.h>
#include <string.h>

#include "run/tool/fleet/view.h"

/* A group with fewer machines that are off than one in so many is not spoken of. */
#define FAR_SHARE 20

static bool has_boots(const struct view *view, size_t m)
{
    return view->data.machines[m].boots >= ODD_BOOTS_LEAST;
}

/* Machines of the group with enough boots. */
static size_t judged_of(const struct view *view, size_t group)
{
    size_t count = 0;
    for (size_t i = 0; i < view->shown; i++)
        count += view->data.machines[view->order[i]].group == group && has_boots(view, view->order[i]);
    return count;
}

bool view_unjudged(const struct view *view, char text[VIEW_NOTE_CHARS])
{
    size_t count = 0;
    for (size_t i = 0; i < view->shown; i++) {
        size_t m = view->order[i];
        count += !has_boots(view, m) || judged_of(view, view->data.machines[m].group) < ODD_MACHINES_LEAST;
    }
    snprintf(text, VIEW_NOTE_CHARS,
             "%zu of %zu machines are not judged: fewer than %d boots, or fewer than %d such "
             "machines in the group",
             count, view->shown, ODD_BOOTS_LEAST, ODD_MACHINES_LEAST);
    return count > 0;
}

static bool is_far(const struct view *view, size_t m, size_t group)
{
    return view->data.machines[m].group == group && view->judged.machines[m].far;
}

/* The machine whose reason most of those that are off share; NAMES_NONE: none has one. */
static size_t usual_reason(const struct view *view, size_t group, size_t *share)
{
    size_t best = NAMES_NONE;
    *share = 0;
    for (size_t i = 0; i < view->shown; i++) {
        const char *reason = view->judged.machines[view->order[i]].reason;
        size_t count = 0;
        if (!is_far(view, view->order[i], group) || strcmp(reason, JUDGE_NO_REASON) == 0)
            continue;
        for (size_t k = 0; k < view->shown; k++)
            count += is_far(view, view->order[k], group) &&
                     strcmp(view->judged.machines[view->order[k]].reason, reason) == 0;
        if (count > *share) {
            *share = count;
            best = view->order[i];
        }
    }
    return best;
}

bool view_mixed(const struct view *view, size_t group, char text[VIEW_NOTE_CHARS])
{
    size_t judged = judged_of(view, group), count = 0, share, usual;
    int used;

    for (size_t m = 0; m < view->data.machine_room; m++)
        count += is_far(view, m, group);
    if (count == 0 || judged < ODD_MACHINES_LEAST || count * FAR_SHARE < judged)
        return false;
    used = snprintf(text, VIEW_NOTE_CHARS,
                    "group %.60s: %zu of %zu machines are off by %.0f %% or more at each boot, and not named: in a "
                    "group of which so many are, no name is sure",
                    view->names.groups.texts[group], count, judged, 100 * expm1(view->judged.least));
    usual = usual_reason(view, group, &share);
    if (usual != NAMES_NONE)
        snprintf(text + used, VIEW_NOTE_CHARS - (size_t)used, "; of %zu of them: %s", share,
                 view->judged.machines[usual].reason);
    return true;
}
