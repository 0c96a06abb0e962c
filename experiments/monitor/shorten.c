/* SPDX-License-Identifier: MIT */
/* How long `monitor` waits where something else, as a host's tick, ends waits before their guard. */
#include "experiments/monitor/parts.h"
#include "lib/infer/mwait_is.h"

enum {
    TRIES = 8, /* waits of one length */
    ENDED = 1, /* of these may end early */
    SHORTEN_TIMES = 4,
    SHORTEN_MOST = 2, /* times in turn */
};

/* How many of a few waits that nothing but the guard should end slept, and did not last until it. */
static uint32_t count_ended(struct step *step, struct monitor *monitor)
{
    struct monitor_case one = {.argument = monitor->cases[0].argument, .slept_min_tsc = INT64_MAX};
    struct mwait_tries tries;

    for (unsigned i = 0; i < TRIES && !monitor->fault_code; i++)
        monitor_try(step, monitor, &one);
    tries = (struct mwait_tries){.tries = one.tries,
                                 .guard = one.outcomes[OUTCOME_GUARD],
                                 .floor_tsc = one.slept_min_tsc,
                                 .most_tsc = one.slept_max_tsc,
                                 .slept_tsc = one.slept_tsc};
    /* All at once, and alike: it does not sleep, and no shorter wait would. */
    if (one.outcomes[OUTCOME_AT_ONCE] == one.tries && mwait_tries_alike(&tries))
        return 0;
    return one.outcomes[OUTCOME_AT_ONCE] + one.outcomes[OUTCOME_EARLY];
}

void monitor_shorten(struct step *step, struct monitor *monitor)
{
    for (unsigned i = 0; i < SHORTEN_MOST && count_ended(step, monitor) > ENDED; i++) {
        monitor->interval_tsc /= SHORTEN_TIMES;
        monitor->guard_tsc /= SHORTEN_TIMES;
    }
    monitor->inside_tsc = 0;
}
