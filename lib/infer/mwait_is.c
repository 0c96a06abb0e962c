/* SPDX-License-Identifier: MIT */
#include "lib/infer/mwait_is.h"

enum {
    UD_VECTOR = 6,
    TRIES_SURE = 4,     /* fewer tries give no sure answer */
    NOP_LEAST_PART = 3, /* skipping an instruction takes a third of CPUID's exit at least */
    NOP_MOST_TIMES = 4,
    ALIKE_TIMES = 2, /* waits that do not sleep are alike: on average at most so many of the shortest */
    MTSC = 1000,
};

static bool mostly(uint32_t count, const struct mwait_tries *of)
{
    return count * 2 > of->tries;
}

/* True where the tries cost as much as an exit. */
static bool costs_exit(const struct mwait_seen *seen, const struct mwait_tries *tries)
{
    int64_t cost_mtsc = tries->floor_tsc * MTSC;

    return cost_mtsc * NOP_LEAST_PART >= seen->cpuid.floor_mtsc && cost_mtsc <= seen->cpuid.floor_mtsc * NOP_MOST_TIMES;
}

static struct mwait_answer answer(enum mwait_is is, enum confidence confidence)
{
    return (struct mwait_answer){is, confidence};
}

bool mwait_tries_alike(const struct mwait_tries *tries)
{
    uint64_t rest_tsc = tries->slept_tsc - (uint64_t)tries->most_tsc;

    return !tries->guard && rest_tsc <= (uint64_t)tries->floor_tsc * ALIKE_TIMES * (tries->tries - 1);
}

/*
 * What returns at once does so armed or not. False where interrupts or a neighbour's stores end a wait that sleeps,
 * each after another while, so that waits without arming are shorter by far, or sleep; and where the stamp before the
 * wait exits, which disarms the monitor.
 */
static bool surely_at_once(const struct mwait_seen *seen)
{
    if (seen->leaves == INTERCEPT_EMULATED)
        return true;
    return !seen->stamps_leave && mwait_tries_alike(&seen->quiet) &&
           (!seen->unarmed.tries ||
            (mwait_tries_alike(&seen->unarmed) && seen->quiet.floor_tsc <= seen->unarmed.floor_tsc * ALIKE_TIMES));
}

/* The armed wait returned at once: decides whether a hypervisor skips it. */
static struct mwait_answer decide_at_once(const struct mwait_seen *seen)
{
    bool unarmed_too = seen->unarmed.tries && mostly(seen->unarmed.at_once, &seen->unarmed);

    switch (seen->leaves) {
    case INTERCEPT_YES:
        if (!costs_exit(seen, &seen->quiet))
            return answer(MWAIT_AT_ONCE, CONFIDENCE_MEDIUM);
        /* A real wait that something disarms each time costs less when it was never armed. */
        if (unarmed_too && costs_exit(seen, &seen->unarmed))
            return answer(MWAIT_NOP, CONFIDENCE_HIGH);
        return answer(MWAIT_NOP, CONFIDENCE_LOW);
    case INTERCEPT_UNKNOWN:
        return answer(MWAIT_AT_ONCE, CONFIDENCE_LOW);
    default:
        return answer(MWAIT_AT_ONCE, unarmed_too ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM);
    }
}

/* It sleeps: decides whether a store ends it, else whether arming makes a difference. */
static struct mwait_answer decide_sleeping(const struct mwait_seen *seen)
{
    bool knows_arming = seen->unarmed.tries && mostly(seen->unarmed.at_once, &seen->unarmed);
    bool ignores_arming = seen->unarmed.tries && mostly(seen->unarmed.guard, &seen->unarmed);
    bool many = seen->quiet.tries >= TRIES_SURE;

    /* If it sleeps without arming, too, something else ended it when the store came. */
    if (seen->stored.tries && mostly(seen->stored.store, &seen->stored))
        return answer(MWAIT_REAL, !knows_arming ? CONFIDENCE_LOW : many ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM);
    /* A wait that knows arming and sleeps through stores: they get lost (docs/errata.md). */
    if (seen->stored.tries && knows_arming)
        return answer(MWAIT_UNKNOWN, CONFIDENCE_LOW);
    if (seen->stored.tries && mostly(seen->stored.guard, &seen->stored))
        return answer(MWAIT_HLT_LIKE, many && ignores_arming ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM);
    if (seen->stored.tries)
        return answer(MWAIT_UNKNOWN, CONFIDENCE_LOW);
    if (knows_arming)
        return answer(MWAIT_REAL, CONFIDENCE_MEDIUM);
    return ignores_arming ? answer(MWAIT_HLT_LIKE, CONFIDENCE_MEDIUM) : answer(MWAIT_UNKNOWN, CONFIDENCE_LOW);
}

struct mwait_answer mwait_decide(const struct mwait_seen *seen)
{
    const struct mwait_tries *quiet = &seen->quiet;

    if (seen->faulted)
        return answer(seen->vector == UD_VECTOR ? MWAIT_UD : MWAIT_FAULTS, CONFIDENCE_HIGH);
    if (!quiet->tries)
        return answer(MWAIT_UNKNOWN, CONFIDENCE_LOW);
    if (mostly(quiet->limited, quiet))
        return answer(MWAIT_LIMITED, CONFIDENCE_HIGH);
    if (mostly(quiet->at_once, quiet)) {
        struct mwait_answer found = decide_at_once(seen);

        return answer(found.is, surely_at_once(seen) ? found.confidence : CONFIDENCE_LOW);
    }
    if (mostly(quiet->guard, quiet))
        return decide_sleeping(seen);
    return answer(MWAIT_UNKNOWN, CONFIDENCE_LOW);
}

const char *mwait_is_word(enum mwait_is is)
{
    static const char *const words[] = {"real", "nop", "hlt_like", "at_once", "#UD", "faults", "limited", "unknown"};

    return words[is];
}
