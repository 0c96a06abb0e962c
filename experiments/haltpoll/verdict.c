/* SPDX-License-Identifier: MIT */
/* The cause of a knee of `haltpoll`: the host's polling, or something else. */
#include "experiments/haltpoll/parts.h"

enum {
    SURE_PERCENT = 70, /* of the cold halts slow, of the warm ones fast */
    ROUNDS_LEAST = 12,
    POINTS_LEAST = 3,
    CLEAN_LEAST = 2, /* where no wake of one setting costs what one of the other does */
    MOVED_SURE = 80, /* of the points before the knee cost more without polling */
};

/* A knee at the same place without polling: wakes before it got dearer, but polling does not end there. */
static bool stays(const struct knees *without, const struct knee *knee)
{
    for (uint32_t i = 0; i < without->count; i++)
        if (without->knee[i].low < knee->high && knee->low < without->knee[i].high)
            return true;
    return false;
}

static enum haltpoll_knee judge_control(const struct step *step, const struct haltpoll *hp)
{
    struct haltpoll_moved found;
    uint32_t moved;

    /* A shorter halt ends before it could have slept, polling or not. */
    haltpoll_compare(step, &hp->coarse, hp->sleeps_from_ns, hp->coarse_low_ns, &found);
    if (found.points < (found.clean == found.points ? CLEAN_LEAST : POINTS_LEAST) || hp->host_refused)
        return KNEE_NOT_JUDGED;
    moved = found.moved * 100 / found.points;
    if (moved >= MOVED_SURE && stays(&hp->coarse_knees[1], hp->knee))
        return KNEE_IS_UNCLEAR;
    return moved >= MOVED_SURE ? KNEE_IS_POLLING : moved <= 100 - MOVED_SURE ? KNEE_IS_OTHER : KNEE_IS_UNCLEAR;
}

enum haltpoll_knee haltpoll_judge_knee(const struct step *step)
{
    const struct haltpoll *hp = step->state;
    const struct haltpoll_history *history = &hp->history;
    uint32_t slow_percent, fast_percent;

    if (hp->test == TEST_CONTROL)
        return judge_control(step, hp);
    if (history->cold_count < ROUNDS_LEAST || history->warm_count < ROUNDS_LEAST)
        return KNEE_NOT_JUDGED;
    slow_percent = history->cold_slow * 100 / history->cold_count;
    fast_percent = history->warm_fast * 100 / history->warm_count;
    if (fast_percent < SURE_PERCENT)
        return KNEE_IS_UNCLEAR;
    return slow_percent >= SURE_PERCENT         ? KNEE_IS_POLLING
           : slow_percent <= 100 - SURE_PERCENT ? KNEE_IS_OTHER
                                                : KNEE_IS_UNCLEAR;
}
