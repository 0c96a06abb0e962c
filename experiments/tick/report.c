/* SPDX-License-Identifier: MIT */
/* Results of `tick`: a row for each CPU, counts and rates, how regular the ticks were, and what they cost in words. */
#include "experiments/kit/row.h"
#include "experiments/tick/parts.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/infer/training.h"
#include "lib/stats.h"

enum {
    PPM = 1000000,
    US_PER_S = 1000000,
    NS_PER_US = 1000,
    TEXT_BYTES = 200,
    RATES = TICK_HLTS + 1, /* the counts that are also given per second */
};

static const char *const count_names[TICK_COUNTS] = {
    [TICK_WAKES] = "wakes",     [TICK_ARMS] = "arms",     [TICK_HLTS] = "hlts",
    [TICK_RETURNS] = "returns", [TICK_MISSED] = "missed", [TICK_MERGED] = "merged",
    [TICK_DOUBLED] = "doubled", [TICK_SPAN] = "span",     [TICK_STOLEN] = "stolen",
};

static void report_row(struct step *step, const struct tick_lane *lane)
{
    struct row row;

    row_begin(&row, step, "tick");
    json_uint(&row.json, "cpu", lane->cpu->index);
    for (unsigned i = 0; i < TICK_COUNTS; i++)
        json_uint(&row.json, count_names[i], lane->counts[i]);
    json_int(&row.json, "drift", lane->drift_tsc);
    row_end(&row, step);
}

/* A count per second of one CPU. */
static uint32_t rate(const struct step *step, const uint64_t *sum, uint64_t count)
{
    return (uint32_t)muldiv_round_u64(count, step->machine->clock.tsc_hz, sum[TICK_SPAN]);
}

/* Counts each HLT as an exit; only the host's counters say whether it is one. */
static uint64_t exits_of(const struct tick_exits *exits, const uint64_t *sum)
{
    return sum[TICK_HLTS] + (exits->arm ? sum[TICK_ARMS] : 0) + (exits->eoi ? sum[TICK_WAKES] : 0);
}

static int64_t share_ppm(int64_t part_tsc, uint64_t whole_tsc)
{
    uint64_t size_tsc = (uint64_t)(part_tsc < 0 ? -part_tsc : part_tsc);
    int64_t ppm = (int64_t)muldiv_round_u64(size_tsc, PPM, whole_tsc);

    return part_tsc < 0 ? -ppm : ppm;
}

static void report_counts(struct step *step, const struct tick *tick, const uint64_t *sum)
{
    static const char *const rate_names[RATES] = {"wakes_per_s", "arms_per_s", "hlts_per_s"};
    uint64_t exits = exits_of(&tick->exits, sum);

    result_scalar(step, "cpus", tick->lane_count, "count");
    result_scalar(step, "due", (int64_t)tick->taken * tick->lane_count, "count");
    for (unsigned i = 0; i < TICK_SPAN; i++)
        result_scalar(step, count_names[i], (int64_t)sum[i], "count");
    result_scalar(step, "hlts_floor", tick->floor_hlts, "count");
    for (unsigned i = 0; i < RATES; i++)
        result_scalar(step, rate_names[i], rate(step, sum, sum[i]), "count");
    result_scalar(step, "stolen", share_ppm((int64_t)sum[TICK_STOLEN], sum[TICK_SPAN]), "ppm");
    if (!tick->exits.asked)
        return;
    result_scalar(step, "cost_cpuid", tick->exits.cpuid_tsc, "tsc");
    result_scalar(step, "cost_arm", tick->exits.arm_tsc, "tsc");
    result_scalar(step, "cost_eoi", tick->exits.eoi_tsc, "tsc");
    result_scalar(step, "exits", (int64_t)exits, "count");
    result_scalar(step, "exits_per_s", rate(step, sum, exits), "count");
}

/* Only a timer that repeats itself can drift: the others are armed by the TSC. */
static void report_drift(struct step *step, const struct tick *tick, const uint64_t *sum)
{
    int64_t drift_tsc = 0;

    for (uint32_t i = 0; i < tick->lane_count; i++)
        drift_tsc += tick->lanes[i].drift_tsc;
    result_scalar(step, "drift", drift_tsc, "tsc");
    result_scalar(step, "drift_ppm", share_ppm(drift_tsc, sum[TICK_SPAN]), "ppm");
    result_scalar(step, "drift_bound", (step->machine->timer.bound_ppb + 999) / 1000, "ppm");
}

/* From one tick to the next less the nearest number of periods. */
static int64_t jitter_tsc(const struct tick_lane *lane, uint64_t gap_tsc)
{
    uint64_t periods = (gap_tsc + lane->period_tsc / 2) / lane->period_tsc;

    return (int64_t)(gap_tsc - (periods ? periods : 1) * lane->period_tsc);
}

/* Of every tick from number `first` of each CPU on: when it came after the last one, or after it was due. */
static void report_series(struct step *step, struct tick *tick, bool late, uint32_t first)
{
    size_t count = 0;

    for (uint32_t i = 0; i < tick->lane_count; i++) {
        const struct tick_lane *lane = &tick->lanes[i];

        for (uint32_t k = first; k < lane->kept; k++) {
            const struct tick_wake *wake = &lane->wakes[k];

            if (!late && !wake->gap_tsc)
                continue;
            tick->values[count] = late ? wake->late_tsc : jitter_tsc(lane, wake->gap_tsc);
            tick->at_tsc[count++] = wake->isr_tsc;
        }
    }
    result_series(step, &(struct series){.metric = late ? "late" : "jitter",
                                         .unit = "tsc",
                                         .values = tick->values,
                                         .at_tsc = tick->at_tsc,
                                         .count = count,
                                         .has_floor = true,
                                         .floor = tick->floor_tsc,
                                         .floor_count = tick->floor_count});
}

static void report_floored(struct step *step, struct tick *tick)
{
    const struct tick_lane *lane = &tick->lanes[0];
    char text[TEXT_BYTES];
    size_t count = 0;

    for (uint32_t k = 0; k < lane->kept; k++)
        if (lane->wakes[k].gap_tsc)
            tick->values[count++] = (int64_t)lane->wakes[k].gap_tsc;
    stats_sort(tick->values, count);
    if (!ticks_are_floored(tick->values, count, lane->period_tsc))
        return;
    fmt(text, sizeof(text),
        "a tick comes every %u us (median) where %u us were asked for: the host has a shortest period "
        "(KVM: min_timer_period_us), or merges ticks",
        (unsigned)muldiv_round_u64((uint64_t)tick->values[count / 2], US_PER_S, step->machine->clock.tsc_hz),
        (unsigned)(US_PER_S / tick->hz));
    result_finding(step, "period_floored", CONFIDENCE_INFERRED, text);
}

/* What the same CPUs would do the other way is known beforehand: a wake for each tick, or for each event. */
static void report_words(struct step *step, const struct tick *tick, const uint64_t *sum)
{
    static const char *const kinds[] = {"%u Hz, repeated by the timer", "%u Hz, armed at each tick",
                                        "tickless, an event every %u us"};
    uint32_t event_us = (uint32_t)(tick->event_ns / NS_PER_US);
    bool tickless = tick->mode == TICK_TICKLESS;
    char kind[40], other[40], exits[40] = "", text[TEXT_BYTES];

    fmt(kind, sizeof(kind), kinds[tick->mode], tickless ? event_us : tick->hz);
    fmt(other, sizeof(other), kinds[tickless ? TICK_ONESHOT : TICK_TICKLESS], tickless ? tick->hz : event_us);
    if (tick->exits.asked)
        fmt(exits, sizeof(exits), ", %s %u exits", tick->exits.sure ? "up to" : "some",
            rate(step, sum, exits_of(&tick->exits, sum)));
    fmt(text, sizeof(text), "%s: %u wakes, %u armings%s a second per CPU (CPUs: %u); %s: about %u wakes", kind,
        rate(step, sum, sum[TICK_WAKES]), rate(step, sum, sum[TICK_ARMS]), exits, tick->lane_count, other,
        tickless ? tick->hz : US_PER_S / event_us);
    result_finding(step, "tick_cost",
                   !tick->exits.asked ? CONFIDENCE_NONE
                   : tick->exits.sure ? CONFIDENCE_INFERRED
                                      : CONFIDENCE_LOW,
                   text);
}

void tick_finish(struct step *step)
{
    struct tick *tick = step->state;
    uint64_t sum[TICK_COUNTS] = {0};

    for (uint32_t i = 0; i < tick->lane_count; i++) {
        report_row(step, &tick->lanes[i]);
        for (unsigned k = 0; k < TICK_COUNTS; k++)
            sum[k] += tick->lanes[i].counts[k];
    }
    /* No span: the first stretch did not come to its end, and there is nothing to divide by. */
    if (!sum[TICK_WAKES] || !sum[TICK_SPAN]) {
        result_fail(step, "wakes", (int64_t)sum[TICK_WAKES], "count");
        return;
    }
    report_counts(step, tick, sum);
    report_series(step, tick, false, 0);
    if (tick->mode == TICK_PERIODIC) {
        report_drift(step, tick, sum);
        report_floored(step, tick);
    } else {
        report_series(step, tick, true, tick_report_training(step, tick));
    }
    report_words(step, tick, sum);
    result_metric(step, "wakes_per_s", rate(step, sum, sum[TICK_WAKES]), "count");
}
