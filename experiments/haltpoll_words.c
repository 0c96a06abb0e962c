// SPDX-License-Identifier: MIT
/* The findings of `haltpoll` in words, each with its confidence. */
#include "experiments/haltpoll.h"
#include "lib/fmt.h"
#include "lib/stats.h"

enum {
    TEXT_BYTES = 180,
    GUEST_LIMIT_NS = 200000, /* lib/governor/haltpoll.c */
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

/* What is asked for at the last interval that has samples enough to be judged: the same at each boot. */
static uint64_t looked_upto_ns(const struct run *run, const struct haltpoll_sweeps *sweeps)
{
    uint32_t i = sweeps->point_count;

    while (i > 1 && sweeps->sweep_list[0].points[i - 1].count < 8)
        i--;
    return haltpoll_ns(run, (int64_t)sweeps->sweep_list[0].points[i > 3 ? i - 3 : 0].at_tsc);
}

/* A step is not yet polling: only what a halt costs after others shows that (ladder), or poll control (control). */
static void say_knee(struct run *run, const struct haltpoll *hp)
{
    char at[HALTPOLL_TIME_BYTES], low[HALTPOLL_TIME_BYTES], high[HALTPOLL_TIME_BYTES];
    char before[HALTPOLL_TIME_BYTES], after[HALTPOLL_TIME_BYTES], text[TEXT_BYTES];
    const struct halt_ceiling *ceiling = &hp->ceiling;
    bool clear = ceiling->exact && hp->knee->confidence > INFER_LOW;
    const char *who =
        run->machine->hv.bit ? "the host polls" : "no hypervisor: the processor itself has a step";

    fmt(text, sizeof text, "%s up to %s (%s to %s): wakes cost %s before, %s behind",
        clear ? who : "don't know: an unclear step, not surely of the host's polling,",
        haltpoll_time(ceiling->at_ns, at), haltpoll_time(ceiling->low_ns, low),
        haltpoll_time(ceiling->high_ns, high), haltpoll_time((uint64_t)hp->knee->before, before),
        haltpoll_time((uint64_t)hp->knee->after, after));
    result_finding(run, "halt_poll", clear ? "medium" : "low", text);
}

static void say_no_knee(struct run *run, const struct haltpoll *hp, const struct knees *knees)
{
    char from[HALTPOLL_TIME_BYTES], upto[HALTPOLL_TIME_BYTES], text[TEXT_BYTES];

    if (knees->verdict == KNEES_UNKNOWN)
        fmt(text, sizeof text, "don't know whether the host polls: %s", knees->reason);
    else if (knees->verdict == KNEES_FOUND)
        fmt(text, sizeof text,
            "no halt polling seen: the only step, at %s, is as short as the way into the halt",
            haltpoll_time(knees->knee[0].at, from));
    else
        fmt(text, sizeof text, "no halt polling seen, from %s up to %s",
            haltpoll_time(knees->from, from),
            haltpoll_time(looked_upto_ns(run, &hp->coarse), upto));
    result_finding(run, "halt_poll", knees->verdict == KNEES_NONE ? "medium" : "low", text);
}

static void say_curve(struct run *run, const struct haltpoll *hp)
{
    char upto[HALTPOLL_TIME_BYTES], text[TEXT_BYTES];

    if (run->machine->hv.emulator) {
        fmt(text, sizeof text,
            "no halt polling seen, up to %s: an emulator runs this, and its times are its own",
            haltpoll_time(looked_upto_ns(run, &hp->coarse), upto));
        result_finding(run, "halt_poll", "high", text);
    } else if (hp->knee) {
        say_knee(run, hp);
    } else {
        say_no_knee(run, hp, &hp->coarse_knees[0]);
    }
}

static void say_rule(struct run *run, const struct haltpoll *hp)
{
    char grow[16] = "?", shrink[16] = "?", at[HALTPOLL_TIME_BYTES] = "?", low[HALTPOLL_TIME_BYTES],
         high[HALTPOLL_TIME_BYTES], start[3 * HALTPOLL_TIME_BYTES] = "an unknown start",
         text[TEXT_BYTES];
    struct halt_rule rule = {.unknown = hp->ladder_refused};

    if (!hp->knee || run->machine->hv.emulator)
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

/* The median over the points up to limit_ns of their medians. */
static uint64_t level_ns(const struct run *run, const struct haltpoll_sweeps *sweeps,
                         uint32_t sweep, uint64_t limit_ns)
{
    int64_t medians[KNEE_POINTS_MAX];
    size_t count = 0;

    for (uint32_t i = 0; i < sweeps->point_count; i++) {
        const struct haltpoll_point *point = &sweeps->sweep_list[sweep].points[i];

        if (point->count && haltpoll_ns(run, point->silent_tsc[point->count / 2]) <= limit_ns)
            medians[count++] = (int64_t)haltpoll_median_ns(run, point);
    }
    stats_sort(medians, count);
    return count ? (uint64_t)medians[count / 2] : 0;
}

static void say_control(struct run *run, const struct haltpoll *hp)
{
    char at[HALTPOLL_TIME_BYTES], on[HALTPOLL_TIME_BYTES], off[HALTPOLL_TIME_BYTES],
        text[TEXT_BYTES];
    uint64_t limit_ns = hp->knee ? hp->knee->low : looked_upto_ns(run, &hp->coarse);
    uint64_t on_ns = level_ns(run, &hp->coarse, 0, limit_ns);
    uint64_t off_ns = level_ns(run, &hp->coarse, 1, limit_ns);
    bool slower = 4 * off_ns > 5 * on_ns, gone = hp->coarse_knees[1].verdict == KNEES_NONE;

    haltpoll_time(on_ns, on);
    haltpoll_time(off_ns, off);
    result_scalar(run, "wake_poll_on", (int64_t)on_ns, "ns");
    result_scalar(run, "wake_poll_off", (int64_t)off_ns, "ns");
    if (hp->knee && slower)
        fmt(text, sizeof text,
            "poll control moves it: with 0, wakes up to %s cost %s instead of %s%s",
            haltpoll_time(limit_ns, at), off, on, gone ? ", and the knee is gone" : "");
    else if (hp->knee)
        fmt(text, sizeof text,
            "poll control does not move the knee at %s: wakes before it cost %s and with 0 %s",
            haltpoll_time(hp->ceiling.at_ns, at), on, off);
    else
        fmt(text, sizeof text,
            "don't know what poll control does: no knee with it on; wakes cost %s, and with 0 %s",
            on, off);
    result_finding(run, "poll_control",
                   !hp->knee        ? "low"
                   : slower && gone ? "high"
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
        haltpoll_time(level_ns(run, &hp->coarse, 1, GUEST_LIMIT_NS), polled),
        haltpoll_time(level_ns(run, &hp->coarse, 0, GUEST_LIMIT_NS), halted));
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
