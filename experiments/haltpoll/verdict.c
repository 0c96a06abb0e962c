/* SPDX-License-Identifier: MIT */
/* The cause of a knee of `haltpoll`: the host's polling, or something else. */
#include "experiments/haltpoll/parts.h"

enum {
    SURE_PERCENT = 70, /* of the cold halts slow, of the warm ones fast */
    ROUNDS_LEAST = 12,
    MOVED_PERCENT = 120, /* least cost of a wake without polling, against that with polling */
};

static enum haltpoll_knee judge_control(const struct step *step, const struct haltpoll *hp)
{
    uint64_t on_ns = haltpoll_level_ns(step, &hp->coarse, 0, hp->knee->low);
    uint64_t off_ns = haltpoll_level_ns(step, &hp->coarse, 1, hp->knee->low);

    if (!on_ns || !off_ns || hp->host_refused)
        return KNEE_NOT_JUDGED;
    return off_ns * 100 >= on_ns * MOVED_PERCENT ? KNEE_IS_POLLING : KNEE_IS_OTHER;
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
