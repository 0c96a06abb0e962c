// SPDX-License-Identifier: MIT
/* The findings of `haltpoll` in words, each with its confidence. */
#include "experiments/haltpoll.h"
#include "lib/fmt.h"

enum {
    TEXT_BYTES = 180,
    GUEST_LIMIT_NS = 200000, /* lib/governor/haltpoll.c */
    BUSY_PERCENT = 2,        /* of the halts with steal */
};

/* Three digits, and the unit that suits them. */
const char *haltpoll_time(uint64_t time_ns, char text[HALTPOLL_TIME_BYTES])
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    uint64_t whole = time_ns, scale = 1;
    unsigned unit = 0;

    for (; whole >= 1000 && unit < 3; whole /= 1000, scale *= 1000)
        unit++;
    if (whole >= 100 || !unit)
        fmt(text, HALTPOLL_TIME_BYTES, "%llu %s",
            (unsigned long long)((time_ns + scale / 2) / scale), units[unit]);
    else if (whole >= 10)
        fmt(text, HALTPOLL_TIME_BYTES, "%llu.%llu %s", (unsigned long long)whole,
            (unsigned long long)(time_ns % scale * 10 / scale), units[unit]);
    else
        fmt(text, HALTPOLL_TIME_BYTES, "%llu.%02llu %s", (unsigned long long)whole,
            (unsigned long long)(time_ns % scale * 100 / scale), units[unit]);
    return text;
}

/* What is asked for where the last knee could stand: the same at each boot. */
static uint64_t looked_upto_ns(const struct run *run, const struct haltpoll_sweeps *sweeps)
{
    uint32_t i = sweeps->point_count;

    while (i > 1 && !sweeps->sweep_list[0].points[i - 1].count)
        i--;
    return haltpoll_ns(run, (int64_t)sweeps->sweep_list[0].points[i > 3 ? i - 3 : 0].at_tsc);
}

/* A host that has other work for the CPU ends its polls early: what is not seen then may be there all the same. */
static bool is_busy(const struct haltpoll *hp)
{
    return hp->steal_samples * 100 >= hp->hlts * BUSY_PERCENT;
}

static void say_knee(struct run *run, const struct haltpoll *hp)
{
    char at[HALTPOLL_TIME_BYTES], low[HALTPOLL_TIME_BYTES], high[HALTPOLL_TIME_BYTES];
    char before[HALTPOLL_TIME_BYTES], after[HALTPOLL_TIME_BYTES], text[TEXT_BYTES];
    const struct halt_ceiling *ceiling = &hp->ceiling;
    enum haltpoll_evidence evidence = haltpoll_judge_knee(run);
    bool exact = ceiling->exact && hp->knee->confidence > INFER_LOW, busy = is_busy(hp);
    const char *what = "don't know: a step, not surely of the host's polling,";
    const char *confidence = "low";

    if (evidence == EVIDENCE_POLLS && (exact || hp->test == TEST_CONTROL)) {
        what = "the host polls";
        confidence = exact && !busy ? "high" : "medium";
    } else if (evidence == EVIDENCE_OTHER && !busy) {
        what = "no halt polling seen; a step for another reason";
        confidence = "medium";
    }
    fmt(text, sizeof text, "%s up to %s (%s to %s): wakes cost %s before, %s behind", what,
        haltpoll_time(ceiling->at_ns, at), haltpoll_time(ceiling->low_ns, low),
        haltpoll_time(ceiling->high_ns, high), haltpoll_time((uint64_t)hp->knee->before, before),
        haltpoll_time((uint64_t)hp->knee->after, after));
    result_finding(run, "halt_poll", confidence, text);
}

static void say_no_knee(struct run *run, const struct haltpoll *hp)
{
    const struct knees *knees = &hp->coarse_knees[0];
    char from[HALTPOLL_TIME_BYTES], upto[HALTPOLL_TIME_BYTES], text[TEXT_BYTES];
    const char *reason = knees->verdict == KNEES_UNKNOWN ? knees->reason
                         : is_busy(hp)                   ? "it is busy, and ends its polls early"
                                                         : NULL;

    if (reason)
        fmt(text, sizeof text, "don't know whether the host polls: %s", reason);
    else
        fmt(text, sizeof text, "no halt polling seen, from %s up to %s",
            haltpoll_time(knees->from, from),
            haltpoll_time(looked_upto_ns(run, &hp->coarse), upto));
    result_finding(run, "halt_poll", reason ? "low" : "medium", text);
}

static void say_curve(struct run *run, const struct haltpoll *hp)
{
    const struct hv_info *hv = &run->machine->hv;
    char upto[HALTPOLL_TIME_BYTES], text[TEXT_BYTES];

    if (hv->emulator || !hv->bit) {
        fmt(text, sizeof text, "no halt polling seen, up to %s: %s",
            haltpoll_time(looked_upto_ns(run, &hp->coarse), upto),
            hv->emulator ? "an emulator runs this, and its times are its own"
                         : "no hypervisor is seen, and a step would be the processor's");
        result_finding(run, "halt_poll", "high", text);
    } else if (hp->knee) {
        say_knee(run, hp);
    } else {
        say_no_knee(run, hp);
    }
}

static void say_rule(struct run *run, const struct haltpoll *hp)
{
    char grow[16] = "?", shrink[16] = "?", at[HALTPOLL_TIME_BYTES] = "?", low[HALTPOLL_TIME_BYTES],
         high[HALTPOLL_TIME_BYTES], start[3 * HALTPOLL_TIME_BYTES] = "an unknown start",
         text[TEXT_BYTES];
    struct halt_rule rule = {.unknown = hp->ladder_refused};

    if (!hp->knee || haltpoll_judge_knee(run) != EVIDENCE_POLLS)
        return;
    if (!rule.unknown)
        halt_ladder_infer(hp->ladder, &rule);
    if (rule.unknown) {
        fmt(text, sizeof text, "don't know how the host's polling grows and shrinks: %s",
            rule.unknown);
        result_finding(run, "halt_poll_rule", "low", text);
        return;
    }
    if (rule.grow_known)
        fmt(grow, sizeof grow, "%u", rule.grow);
    if (rule.shrink_known)
        fmt(shrink, sizeof shrink, "%u", rule.shrink);
    if (rule.grow_start_known)
        fmt(start, sizeof start, "%s (%s to %s)", haltpoll_time(rule.grow_start_ns, at),
            haltpoll_time(rule.grow_start_low_ns, low),
            haltpoll_time(rule.grow_start_high_ns, high));
    fmt(text, sizeof text,
        "grow %s from %s, shrink %s%s; explains %u of %u trials (? = don't know)", grow, start,
        shrink, rule.shrink_known && !rule.shrink ? " (to nothing)" : "",
        rule.trials - rule.misfits, rule.trials);
    result_finding(run, "halt_poll_rule", infer_confidence_name(rule.confidence), text);
}

static void say_control(struct run *run, const struct haltpoll *hp)
{
    char at[HALTPOLL_TIME_BYTES], on[HALTPOLL_TIME_BYTES], off[HALTPOLL_TIME_BYTES],
        text[TEXT_BYTES];
    uint64_t limit_ns = hp->knee ? hp->knee->low : looked_upto_ns(run, &hp->coarse);
    uint64_t on_ns = haltpoll_level_ns(run, &hp->coarse, 0, limit_ns);
    uint64_t off_ns = haltpoll_level_ns(run, &hp->coarse, 1, limit_ns);
    bool moved = hp->knee && haltpoll_judge_knee(run) == EVIDENCE_POLLS;
    bool gone = hp->coarse_knees[1].verdict == KNEES_NONE;

    result_scalar(run, "wake_poll_on", (int64_t)on_ns, "ns");
    result_scalar(run, "wake_poll_off", (int64_t)off_ns, "ns");
    fmt(text, sizeof text, "poll control %s: wakes up to %s cost %s, and %s with 0%s",
        moved      ? "moves the knee"
        : hp->knee ? "does not move the knee"
                   : "0 or 1, no knee",
        haltpoll_time(limit_ns, at), haltpoll_time(on_ns, on), haltpoll_time(off_ns, off),
        moved && gone ? ", where there is none" : "");
    result_finding(run, "poll_control",
                   !hp->knee || is_busy(hp) ? "low"
                   : moved && gone          ? "high"
                                            : "medium",
                   text);
}

static void say_guest(struct run *run, const struct haltpoll *hp)
{
    char halted[HALTPOLL_TIME_BYTES], polled[HALTPOLL_TIME_BYTES], text[TEXT_BYTES];
    uint64_t served = 0, waits = 0;

    for (uint32_t i = 0; i < hp->coarse.point_count; i++) {
        const struct haltpoll_point *point = &hp->coarse.sweep_list[1].points[i];

        if (haltpoll_ns(run, (int64_t)point->at_tsc) > GUEST_LIMIT_NS || !point->count)
            continue;
        served += point->guest->polled;
        for (unsigned k = 0; k < HALT_OUTCOMES; k++)
            waits += point->outcomes[k];
    }
    result_scalar(run, "guest_polled", (int64_t)served, "count");
    result_scalar(run, "guest_waits", (int64_t)waits, "count");
    fmt(text, sizeof text,
        "guest polling: of the waits up to 200 us %u of %u ended in its poll; they cost %s, by HLT "
        "alone %s",
        (unsigned)served, (unsigned)waits,
        haltpoll_time(haltpoll_level_ns(run, &hp->coarse, 1, GUEST_LIMIT_NS), polled),
        haltpoll_time(haltpoll_level_ns(run, &hp->coarse, 0, GUEST_LIMIT_NS), halted));
    result_finding(run, "guest_poll", "measured", text);
}

void haltpoll_find_words(struct run *run)
{
    const struct haltpoll *hp = run->state;

    if (hp->test == TEST_GUEST) {
        say_guest(run, hp);
        return;
    }
    say_curve(run, hp);
    if (hp->test == TEST_LADDER)
        say_rule(run, hp);
    if (hp->test == TEST_CONTROL)
        say_control(run, hp);
}
