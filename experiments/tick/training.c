/* SPDX-License-Identifier: MIT */
/*
 * The first ticks of `tick` in order of arrival. KVM lets a TSC deadline fire early by what it has learnt to lose on
 * the way, and learns it from the first ones (lapic_timer_advance); they say nothing about the others, and early ticks
 * are reported.
 */
#include "experiments/kit/row.h"
#include "experiments/tick/parts.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/infer/timer_advance.h"
#include "lib/infer/training.h"
#include "lib/stats.h"

enum {
    ROW_CPUS = 4,  /* CPUs whose first ticks are shown */
    FIRST_ROW = 8, /* ticks in the first row; each other row doubles what was shown */
    SHOWN_MIN = 64,
    TEXT_BYTES = 200,
};

static void report_row(struct step *step, const struct tick_lane *lane, uint32_t from, int64_t *values, uint32_t count)
{
    stats_sort(values, count);
    row_write(step, "training", "cpu:%u from:%u n:%u min:%ld p50:%ld max:%ld", lane->cpu->index, from, count, values[0],
              stats_median(values, count), values[count - 1]);
}

static void report_rows(struct step *step, const struct tick_lane *lane, const int64_t *values, int64_t *scratch,
                        uint32_t limit)
{
    for (uint32_t from = 0, next = FIRST_ROW; from < limit; from = next, next *= 2) {
        uint32_t end = next < lane->kept ? next : lane->kept;

        if (from >= end)
            return;
        for (uint32_t i = from; i < end; i++)
            scratch[i - from] = values[i];
        report_row(step, lane, from, scratch, end - from);
    }
}

static long long in_ns(const struct step *step, int64_t ticks_tsc)
{
    return tsc_to_ns(ticks_tsc, step->machine->clock.tsc_hz);
}

static bool is_advanced_by_kvm(const struct step *step)
{
    return step->machine->hv.kind == HYPERVISOR_KVM && step->machine->timer.one_shot == APIC_TIMER_DEADLINE;
}

static bool is_like_advance(const struct step *step, const struct settle *settle)
{
    return is_advanced_by_kvm(step) && settle->confidence > CONFIDENCE_LOW &&
           advance_explains(in_ns(step, settle->first), in_ns(step, settle->median));
}

/*
 * The ticks of one CPU as the sawtooth of an advance that is learnt and lost again. False: they are not. Other things
 * fall by an eighth at a time, and no test moved it here as in `haltpoll`: low confidence.
 */
static bool report_advance(struct step *step, const struct tick *tick, const struct tick_lane *lane)
{
    struct advance advance;
    char text[TEXT_BYTES];

    if (!is_advanced_by_kvm(step))
        return false;
    for (uint32_t k = 0; k < lane->kept; k++)
        tick->values[k] = in_ns(step, lane->wakes[k].late_tsc);
    if (!advance_find(tick->values, lane->kept, tick->scratch, &advance) || !advance.fits)
        return false;
    fmt(text, sizeof(text),
        "CPU %u: a timer advance that is learnt and lost again, as KVM's: ticks are %ld ns late, ever less down to "
        "%ld, "
        "and anew after %u",
        lane->cpu->index, advance.high_ns, advance.low_ns, advance.period);
    result_finding(step, "timer_advance", CONFIDENCE_LOW, text);
    return true;
}

/* A few events prove nothing. */
static void report_verdict(struct step *step, const struct tick_lane *lane, const struct settle *settle)
{
    static const char *const ids[] = {"training_unknown", "no_training", "training"};
    static const char *const words[] = {"don't know, its ticks do not settle", "no training beyond p90 - p10"};
    char head[60], text[TEXT_BYTES];

    if (lane->kept < SETTLE_MIN_COUNT)
        return;
    if (settle->verdict == SETTLE_FOUND)
        fmt(head, sizeof(head), "settled after %u ticks%s", (unsigned)settle->after,
            is_like_advance(step, settle) ? " (as by KVM's timer advance)" : "");
    fmt(text, sizeof(text), "CPU %u: %s; the first %lld ns late, then p10 %lld, p50 %lld, p90 %lld ns",
        lane->cpu->index, settle->verdict == SETTLE_FOUND ? head : words[settle->verdict], in_ns(step, settle->first),
        in_ns(step, settle->low), in_ns(step, settle->median), in_ns(step, settle->high));
    result_finding(step, ids[settle->verdict], settle->verdict ? settle->confidence : CONFIDENCE_NONE, text);
}

/* Every tick counts here, the first ones too. */
static void report_early(struct step *step, const struct tick *tick)
{
    bool exact = step->machine->timer.one_shot == APIC_TIMER_DEADLINE;
    int64_t first_tsc = INT64_MAX, last_tsc = INT64_MIN;
    uint32_t early = 0;
    char text[TEXT_BYTES];

    for (uint32_t i = 0; i < tick->lane_count; i++) {
        for (uint32_t k = 0; k < tick->lanes[i].kept; k++) {
            int64_t late_tsc = tick->lanes[i].wakes[k].late_tsc;

            early += late_tsc < 0;
            first_tsc = late_tsc < first_tsc ? late_tsc : first_tsc;
            last_tsc = late_tsc > last_tsc ? late_tsc : last_tsc;
        }
    }
    result_scalar(step, "early", early, "count");
    fmt(text, sizeof(text), "%u ticks before their time; from %lld ns to %lld ns after it%s", early,
        in_ns(step, first_tsc), in_ns(step, last_tsc),
        exact ? "" : ", with the cost of arming: the timer has no deadlines");
    result_finding(step, early ? "fires_early" : "fires_late", CONFIDENCE_NONE, text);
}

uint32_t tick_report_training(struct step *step, struct tick *tick)
{
    uint32_t training = (uint32_t)step->plan->values[KEY_TRAINING].count, fewest = UINT32_MAX;
    int64_t slack_tsc = (int64_t)step->machine->clock.read_min_tsc;

    for (uint32_t i = 0; i < tick->lane_count; i++) {
        const struct tick_lane *lane = &tick->lanes[i];
        struct settle settle;

        fewest = lane->kept < fewest ? lane->kept : fewest;
        for (uint32_t k = 0; k < lane->kept; k++)
            tick->values[k] = lane->wakes[k].late_tsc;
        settle = settle_find(tick->values, lane->kept, slack_tsc, tick->scratch);
        if (settle.after > training)
            training = (uint32_t)settle.after;
        if (i >= ROW_CPUS)
            continue;
        report_rows(step, lane, tick->values, tick->scratch, training > SHOWN_MIN ? training : SHOWN_MIN);
        if (!report_advance(step, tick, lane))
            report_verdict(step, lane, &settle);
    }
    report_early(step, tick);
    training = training < fewest / 2 ? training : fewest / 2;
    result_scalar(step, "training", training, "count");
    return training;
}
