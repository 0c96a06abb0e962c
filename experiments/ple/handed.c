/* SPDX-License-Identifier: MIT */
/* What `ple test=overcommit` says of the hand-overs of one lock: their times, how many, or that there were none. */
#include "experiments/ple/contest.h"
#include "lib/fmt.h"
#include "lib/stats.h"

enum { CLEAR_TIMES = 20 }; /* the offset is within a twentieth of what is said without it */

void contest_describe(const char *name, const struct contest_tally *spin, int64_t bound_tsc, char *text, size_t bytes)
{
    const struct contest_tally *pause = spin + 1;
    int64_t pause_tsc = stats_median(pause->handed_tsc, pause->kept);
    int64_t spin_tsc = stats_median(spin->handed_tsc, spin->kept);

    if (!spin->kept || !pause->kept)
        fmt(text, bytes,
            "%s: no hand-over seen%s: who took it had not waited, in %u slices with PAUSE (%u given up) and %u without "
            "(%u)",
            name,
            pause->kept  ? " without PAUSE"
            : spin->kept ? " with PAUSE"
                         : "",
            pause->slices, pause->abandoned, spin->slices, spin->abandoned);
    /* Before the moment of the release by more than the bound: the bound is wrong. */
    else if (pause_tsc < -bound_tsc || spin_tsc < -bound_tsc)
        fmt(text, bytes, "%s: no time, the clocks of the CPUs differ by more than the bound of %ld ticks", name,
            bound_tsc);
    else if (pause_tsc <= CLEAR_TIMES * bound_tsc || spin_tsc <= CLEAR_TIMES * bound_tsc)
        fmt(text, bytes,
            "%s: handed over in at most %ld ticks with PAUSE, %ld without (medians of %u and %u; the clocks' offset is "
            "known to %ld)",
            name, pause_tsc + bound_tsc, spin_tsc + bound_tsc, pause->kept, spin->kept, bound_tsc);
    else
        fmt(text, bytes,
            "%s: handed over in %ld ticks with PAUSE, %ld without (medians); the worst of %u and %u: %ld and %ld", name,
            pause_tsc, spin_tsc, pause->kept, spin->kept, pause->handed_tsc[pause->kept - 1],
            spin->handed_tsc[spin->kept - 1]);
}

bool contest_is_time(const struct contest_tally *tally)
{
    uint32_t before = 0;

    for (uint32_t i = 0; i < tally->kept; i++)
        before += tally->handed_tsc[i] < 0;
    return before * 2 <= tally->kept;
}

struct contest_figure contest_figure(const struct contest_tally *tally, bool offsets_known, int64_t bound_tsc)
{
    int64_t p50_tsc = stats_median(tally->handed_tsc, tally->kept);

    if (!tally->handed)
        return (struct contest_figure){0};
    if (!offsets_known || p50_tsc < -bound_tsc)
        return (struct contest_figure){"ticket_pause_handed", (int64_t)tally->handed, "count"};
    if (p50_tsc <= bound_tsc)
        return (struct contest_figure){"ticket_pause_at_most", p50_tsc + bound_tsc, "tsc"};
    return (struct contest_figure){"ticket_pause_p50", p50_tsc, "tsc"};
}
