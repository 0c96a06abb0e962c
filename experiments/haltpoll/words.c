/* SPDX-License-Identifier: MIT */
/* The findings of `haltpoll` in words, each with its confidence. */
#include "experiments/haltpoll/parts.h"
#include "lib/fmt.h"

enum {
    TIMES = 6,
    TEXT_BYTES = 180,
    GUEST_LIMIT_NS = 200000, /* lib/governor/haltpoll.c */
    BUSY_PERCENT = 2,        /* of the short halts with steal */
    SLOW_PERCENT = 15,       /* of the wakes before the knee */
    WAKE_TIMES = 2,          /* what a wake costs: shorter polling is not looked for */
};

/* A finding whose format takes one text and then up to six times in ns. */
static void say(struct step *step, const char *id, enum confidence confidence, const char *format, const char *what,
                const uint64_t times_ns[TIMES])
{
    char times[TIMES][UNITS_TIME_BYTES], text[TEXT_BYTES];

    for (unsigned i = 0; i < TIMES; i++)
        units_write_time(times_ns[i], times[i]);
    fmt(text, sizeof(text), format, what, times[0], times[1], times[2], times[3], times[4], times[5]);
    result_finding(step, id, confidence, text);
}

/* The interval asked for at the last place where a knee could be: the same at each boot. */
static uint64_t looked_upto_ns(const struct step *step, const struct haltpoll_sweeps *sweeps)
{
    uint32_t i = sweeps->point_count;

    while (i > 1 && !sweeps->sweep_list[0].points[i - 1].count)
        i--;
    return haltpoll_ns(step, (int64_t)sweeps->sweep_list[0].points[i > 3 ? i - 3 : 0].at_tsc);
}

/*
 * A host that has other work for the CPU ends its polls early: polling that is not seen may exist all the same. It
 * tells its steal, or wakes that should be fast are slow.
 */
static bool is_busy(const struct step *step, const struct haltpoll *hp)
{
    return (hp->short_stolen && hp->short_stolen * 100 >= hp->short_halts * BUSY_PERCENT) ||
           (hp->knee && haltpoll_slow_percent(step, &hp->coarse, hp->knee) >= SLOW_PERCENT);
}

/* The host may have other work although so many halts had no steal, and most of all where it does not tell steal. */
static enum confidence no_polling_confidence(const struct haltpoll *hp)
{
    return !hp->nap.steal || hp->steal_samples ? CONFIDENCE_LOW : CONFIDENCE_MEDIUM;
}

/*
 * Only poll control tells polling from idle states, a clock or a scheduler that learn from the halts before: without it
 * the words name both, and the confidence is medium at most.
 */
static void say_knee(struct step *step, const struct haltpoll *hp)
{
    const struct halt_ceiling *ceiling = &hp->ceiling;
    enum haltpoll_knee judged = haltpoll_judge_knee(step);
    bool exact = haltpoll_knee_is_exact(hp), busy = is_busy(step, hp);
    bool proven = hp->test == TEST_CONTROL;
    const char *what = "don't know: a step, not surely of the host's polling, at";
    const char *format = "%s %s (%s to %s): wakes cost %s before, %s behind";
    enum confidence confidence = CONFIDENCE_LOW;

    /* A closer look that does not have the knee of the coarse one leaves its place unknown. */
    if (judged == KNEE_IS_POLLING && (exact || proven || hp->closer)) {
        what = proven ? "the host polls up to" : "the host polls, or learns from halts in another way, up to";
        format = "%s %s (%s to %s): wakes cost %s before, %s behind; limit at most %s if budgets grow";
        confidence = busy              ? CONFIDENCE_LOW /* it might poll for longer */
                     : proven && exact ? CONFIDENCE_HIGH
                     : proven || (exact && hp->ladder->awake_high_ns)
                         ? CONFIDENCE_MEDIUM
                         : CONFIDENCE_LOW; /* its way to sleep may be a part of it */
    } else if (judged == KNEE_IS_OTHER && !busy) {
        what = proven ? "no halt polling seen; a step for another reason at"
                      : "no polling that adapts seen; a step, of a fixed poll or for another reason, at";
        confidence = no_polling_confidence(hp);
    }
    say(step, "halt_poll", confidence, format, what,
        (const uint64_t[TIMES]){ceiling->at_ns, ceiling->low_ns, ceiling->high_ns, (uint64_t)hp->knee->before,
                                (uint64_t)hp->knee->after, ceiling->limit_ns});
}

static void say_no_knee(struct step *step, const struct haltpoll *hp)
{
    const struct knees *knees = &hp->coarse_knees[0];
    /* Where the host was seen to sleep, or to poll, an earlier step is where that begins. */
    bool is_near = knees->count && !hp->sleeps_from_ns;
    const char *reason = knees->verdict == KNEES_UNKNOWN ? knees->reason
                         : is_near                       ? "the step lies too near to the time that HLT itself takes"
                         : is_busy(step, hp)             ? "it is busy, and ends its polls early"
                                                         : NULL;

    uint64_t upto_ns = looked_upto_ns(step, &hp->coarse), from_ns = knees->from;
    uint64_t least_ns = WAKE_TIMES * haltpoll_level_ns(step, &hp->coarse, 0, upto_ns);

    /* KVM's budget grows by halts that end, wake-up included, before the limit: one as short as a wake never shows. */
    from_ns = from_ns < least_ns ? least_ns : from_ns;
    say(step, "halt_poll", reason ? CONFIDENCE_LOW : no_polling_confidence(hp),
        reason ? "don't know whether the host polls: %s" : "no halt polling seen%s, from %s up to %s",
        reason ? reason : "", (const uint64_t[TIMES]){from_ns, upto_ns});
}

static void say_curve(struct step *step, const struct haltpoll *hp)
{
    const struct hv_info *hv = &step->machine->hv;

    if (hv->emulator || !hv->bit)
        say(step, "halt_poll", CONFIDENCE_HIGH,
            hv->emulator ? "no halt polling seen%s, up to %s: an emulator runs this, and its times are its own"
                         : "no halt polling seen%s, up to %s: no hypervisor is seen, a step would be the processor's",
            "", (const uint64_t[TIMES]){looked_upto_ns(step, &hp->coarse)});
    else if (hp->knee)
        say_knee(step, hp);
    else
        say_no_knee(step, hp);
}

static void say_rule(struct step *step, const struct haltpoll *hp)
{
    const struct halt_rule *rule = &hp->rule;
    char grow[12] = "?", shrink[24] = "?", text[TEXT_BYTES];

    if (!hp->knee || haltpoll_judge_knee(step) != KNEE_IS_POLLING)
        return;
    if (rule->unknown) {
        say(step, "halt_poll_rule", CONFIDENCE_LOW, "don't know how the host's polling grows and shrinks: %s",
            rule->unknown, (const uint64_t[TIMES]){0});
        return;
    }
    if (rule->grow_known)
        fmt(grow, sizeof(grow), "%u", rule->grow);
    if (rule->shrink_known)
        fmt(shrink, sizeof(shrink), rule->shrink ? "%u" : "%u or >= %u", rule->shrink, (unsigned)rule->shrink_same);
    fmt(text, sizeof(text), "grow %s, shrink %s%s, %u of %u trials explained; start", grow, shrink,
        rule->grow_known && rule->shrink_known ? "" : " (?: not known)", rule->trials - rule->misfits, rule->trials);
    say(step, "halt_poll_rule", rule->confidence,
        rule->grow_start_known ? "%s %s (%s to %s)" : "%s not known, most likely %s (%s to %s)", text,
        (const uint64_t[TIMES]){rule->grow_start_ns, rule->grow_start_low_ns, rule->grow_start_high_ns});
}

static void say_control(struct step *step, const struct haltpoll *hp)
{
    uint64_t limit_ns = hp->knee ? hp->knee->low : looked_upto_ns(step, &hp->coarse);
    uint64_t on_ns = haltpoll_level_ns(step, &hp->coarse, 0, limit_ns);
    uint64_t off_ns = haltpoll_level_ns(step, &hp->coarse, 1, limit_ns);
    enum haltpoll_knee judged = hp->knee ? haltpoll_judge_knee(step) : KNEE_NOT_JUDGED;
    bool moved = judged == KNEE_IS_POLLING;
    bool gone = hp->coarse_knees[1].verdict == KNEES_NONE;
    bool busy = is_busy(step, hp);
    /* A host that ends its polls early could not have shown what does not show. */
    const char *what = moved                       ? "moves the knee"
                       : judged == KNEE_IS_UNCLEAR ? "may move the knee"
                       : busy                      ? "cannot be judged, the host is busy"
                       : judged == KNEE_IS_OTHER   ? "does not move the knee"
                       : hp->knee                  ? "cannot be judged"
                                                   : "0 or 1, no knee";

    result_scalar(step, "wake_poll_on", (int64_t)on_ns, "ns");
    result_scalar(step, "wake_poll_off", (int64_t)off_ns, "ns");
    say(step, "poll_control",
        (!moved && judged != KNEE_IS_OTHER) || busy ? CONFIDENCE_LOW
        : moved && gone                             ? CONFIDENCE_HIGH
                                                    : CONFIDENCE_MEDIUM,
        "poll control %s: wakes up to %s cost %s with 1, %s with 0", what,
        (const uint64_t[TIMES]){limit_ns, on_ns, off_ns});
}

static void say_guest(struct step *step, const struct haltpoll *hp)
{
    uint64_t served = 0, waits = 0;
    char text[64];

    for (uint32_t i = 0; i < hp->coarse.point_count; i++) {
        const struct haltpoll_point *point = &hp->coarse.sweep_list[1].points[i];

        if (haltpoll_ns(step, (int64_t)point->at_tsc) > GUEST_LIMIT_NS || !point->count)
            continue;
        served += point->guest->polled;
        for (unsigned k = 0; k < REJECT_COUNT; k++)
            waits += point->rejects[k];
    }
    result_scalar(step, "guest_polled", (int64_t)served, "count");
    result_scalar(step, "guest_waits", (int64_t)waits, "count");
    fmt(text, sizeof(text), "%u of %u waits", (unsigned)served, (unsigned)waits);
    say(step, "guest_poll", CONFIDENCE_MEASURED,
        "guest polling: %s up to 200 us ended in its poll; they cost %s, by HLT alone %s", text,
        (const uint64_t[TIMES]){haltpoll_level_ns(step, &hp->coarse, 1, GUEST_LIMIT_NS),
                                haltpoll_level_ns(step, &hp->coarse, 0, GUEST_LIMIT_NS)});
}

void haltpoll_find_words(struct step *step)
{
    const struct haltpoll *hp = step->state;

    if (hp->test == TEST_GUEST) {
        say_guest(step, hp);
        return;
    }
    say_curve(step, hp);
    if (hp->test == TEST_LADDER)
        say_rule(step, hp);
    if (hp->test == TEST_CONTROL)
        say_control(step, hp);
}
