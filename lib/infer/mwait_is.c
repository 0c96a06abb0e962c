/* SPDX-License-Identifier: MIT */
#include "lib/infer/mwait_is.h"

enum {
    UD_VECTOR = 6,
    TRIES_SURE = 4,     /* fewer tries are not surely anything */
    NOP_LEAST_PART = 3, /* skipping an instruction takes a third of CPUID's exit at least */
    NOP_MOST_TIMES = 4,
    MTSC = 1000,
};

static bool mostly(uint32_t count, const struct mwait_tries *of)
{
    return count * 2 > of->tries;
}

/* As dear as an exit. */
static bool costs_exit(const struct mwait_seen *seen, const struct mwait_tries *tries)
{
    int64_t cost_mtsc = tries->floor_tsc * MTSC;

    return cost_mtsc * NOP_LEAST_PART >= seen->cpuid.floor_mtsc && cost_mtsc <= seen->cpuid.floor_mtsc * NOP_MOST_TIMES;
}

static struct mwait_answer answer(enum mwait_is is, const char *confidence)
{
    return (struct mwait_answer){is, confidence};
}

/* Armed, and back at once: is it an exit that is skipped? */
static struct mwait_answer decide_at_once(const struct mwait_seen *seen)
{
    bool unarmed_too = seen->unarmed.tries && mostly(seen->unarmed.at_once, &seen->unarmed);

    switch (seen->leaves) {
    case INTERCEPT_YES:
        if (!costs_exit(seen, &seen->quiet))
            return answer(MWAIT_AT_ONCE, "medium");
        /* A real wait that something disarmed each time costs less when it was never armed. */
        if (unarmed_too && costs_exit(seen, &seen->unarmed))
            return answer(MWAIT_NOP, "high");
        return answer(MWAIT_NOP, "low");
    case INTERCEPT_UNKNOWN:
        return answer(MWAIT_AT_ONCE, "low");
    default:
        return answer(MWAIT_AT_ONCE, unarmed_too ? "high" : "medium");
    }
}

/* It sleeps: does a store end it, or else does arming make the difference? */
static struct mwait_answer decide_sleeping(const struct mwait_seen *seen)
{
    bool knows_arming = seen->unarmed.tries && mostly(seen->unarmed.at_once, &seen->unarmed);
    bool ignores_arming = seen->unarmed.tries && mostly(seen->unarmed.guard, &seen->unarmed);
    bool many = seen->quiet.tries >= TRIES_SURE;

    if (seen->stored.tries && mostly(seen->stored.store, &seen->stored))
        return answer(MWAIT_REAL, many && knows_arming ? "high" : "medium");
    if (seen->stored.tries && mostly(seen->stored.guard, &seen->stored))
        return answer(MWAIT_HLT_LIKE, many && ignores_arming ? "high" : "medium");
    if (seen->stored.tries)
        return answer(MWAIT_UNKNOWN, "low");
    if (knows_arming)
        return answer(MWAIT_REAL, "medium");
    return ignores_arming ? answer(MWAIT_HLT_LIKE, "medium") : answer(MWAIT_UNKNOWN, "low");
}

struct mwait_answer mwait_decide(const struct mwait_seen *seen)
{
    const struct mwait_tries *quiet = &seen->quiet;

    if (seen->faulted)
        return answer(seen->vector == UD_VECTOR ? MWAIT_UD : MWAIT_FAULTS, "high");
    if (!quiet->tries)
        return answer(MWAIT_UNKNOWN, "low");
    if (mostly(quiet->limited, quiet))
        return answer(MWAIT_LIMITED, "high");
    if (mostly(quiet->at_once, quiet))
        return decide_at_once(seen);
    if (mostly(quiet->guard, quiet))
        return decide_sleeping(seen);
    return answer(MWAIT_UNKNOWN, "low");
}

const char *mwait_is_word(enum mwait_is is)
{
    static const char *const words[] = {"real", "nop", "hlt_like", "at_once", "#UD", "faults", "limited", "unknown"};

    return words[is];
}
