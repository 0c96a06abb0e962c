// SPDX-License-Identifier: MIT
/* Results of `tick`: a row for each CPU, counts and rates, how regular the ticks were, and what they cost in words. */
#include "experiments/engine/results.h"
#include "experiments/tick.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/json.h"
#include "lib/stats.h"

enum {
    PPM = 1000000,
    NS_PER_US = 1000,
    NS_PER_S = 1000000000,
    TEXT_BYTES = 240,
    STRETCHED_PPM = 1200000, /* of the period: so much longer is no jitter */
};

struct totals {
    uint64_t woken, armed, halted, returned, doubled, missed, merged, span_tsc, stolen_tsc;
    int64_t drift_tsc;
    uint64_t drift_span_tsc;
};

/* How many periods lie between two ticks that came one after the other. */
static uint64_t periods_of(const struct tick_lane *lane, uint64_t gap_tsc)
{
    uint64_t periods = (gap_tsc + lane->period_tsc / 2) / lane->period_tsc;

    return periods ? periods : 1;
}

/* Ticks of the TSC that so many periods last; exact where the register's count is what the timer repeats. */
static int64_t expected_tsc(const struct run *run, const struct tick_lane *lane, uint64_t periods)
{
    if (lane->mode != TICK_PERIODIC)
        return (int64_t)(periods * lane->period_tsc);
    return (int64_t)muldiv_u64(periods * lane->count, run->machine->timer.tsc_per_count_q32,
                               FIXED_Q32_ONE);
}

static struct totals lane_totals(const struct run *run, const struct tick *tick,
                                 const struct tick_lane *lane)
{
    struct totals t = {
        .woken = lane->woken,
        .armed = lane->armed,
        .halted = lane->halted,
        .returned = lane->returned,
        .doubled = lane->doubled,
        .missed = tick->taken > lane->woken ? tick->taken - lane->woken : 0,
        .span_tsc = lane->span_tsc,
        .stolen_tsc = lane->span_tsc - lane->waited_tsc,
    };
    uint64_t periods = 0;

    for (uint32_t i = 0; i < lane->kept; i++) {
        uint64_t gap_tsc = lane->wakes[i].gap_tsc;

        if (!gap_tsc)
            continue;
        t.drift_span_tsc += gap_tsc;
        periods += periods_of(lane, gap_tsc);
        t.merged += periods_of(lane, gap_tsc) - 1;
    }
    t.drift_tsc = (int64_t)t.drift_span_tsc - expected_tsc(run, lane, periods);
    return t;
}

static void add_totals(struct totals *sum, const struct totals *t)
{
    sum->woken += t->woken;
    sum->armed += t->armed;
    sum->halted += t->halted;
    sum->returned += t->returned;
    sum->doubled += t->doubled;
    sum->missed += t->missed;
    sum->merged += t->merged;
    sum->span_tsc += t->span_tsc;
    sum->stolen_tsc += t->stolen_tsc;
    sum->drift_tsc += t->drift_tsc;
    sum->drift_span_tsc += t->drift_span_tsc;
}

static int64_t drift_ppm(const struct totals *t)
{
    int64_t size_tsc = t->drift_tsc < 0 ? -t->drift_tsc : t->drift_tsc;
    int64_t ppm = (int64_t)muldiv_round_u64((uint64_t)size_tsc, PPM, t->drift_span_tsc);

    if (!t->drift_span_tsc)
        return 0;
    return t->drift_tsc < 0 ? -ppm : ppm;
}

/* {"t":"stats","step":,"row":"tick","cpu":,"wakes":,"arms":,"hlts":,"missed":,"merged":,"span":,"stolen_ppm":,"drift_ppm":} */
static void report_row(struct run *run, const struct tick_lane *lane, const struct totals *t)
{
    char text[JSON_OBJECT_BYTES];
    struct json json;

    json_begin(&json, text, sizeof text);
    json_str(&json, "t", "stats");
    json_uint(&json, "step", run->results->step);
    json_str(&json, "row", "tick");
    json_uint(&json, "cpu", lane->cpu->index);
    json_uint(&json, "wakes", t->woken);
    json_uint(&json, "arms", t->armed);
    json_uint(&json, "hlts", t->halted);
    json_uint(&json, "missed", t->missed);
    json_uint(&json, "merged", t->merged);
    json_uint(&json, "span", t->span_tsc);
    json_uint(&json, "stolen_ppm", muldiv_round_u64(t->stolen_tsc, PPM, t->span_tsc));
    json_int(&json, "drift_ppm", drift_ppm(t));
    result_record(run, &json);
}

/* Of one CPU, in a second. */
static uint64_t rate(const struct run *run, uint64_t count, const struct totals *sum)
{
    return muldiv_round_u64(count, run->machine->clock.tsc_hz, sum->span_tsc);
}

static uint64_t exits_of(const struct tick_exits *exits, const struct totals *t)
{
    return t->halted + (exits->arm ? t->armed : 0) + (exits->eoi ? t->woken : 0);
}

static void report_counts(struct run *run, const struct tick *tick, const struct totals *sum)
{
    result_scalar(run, "cpus", tick->lane_count, "count");
    result_scalar(run, "due", (int64_t)tick->taken * tick->lane_count, "count");
    result_scalar(run, "wakes", (int64_t)sum->woken, "count");
    result_scalar(run, "arms", (int64_t)sum->armed, "count");
    result_scalar(run, "hlts", (int64_t)sum->halted, "count");
    result_scalar(run, "returns", (int64_t)sum->returned, "count");
    result_scalar(run, "missed", (int64_t)sum->missed, "count");
    result_scalar(run, "merged", (int64_t)sum->merged, "count");
    result_scalar(run, "doubled", (int64_t)sum->doubled, "count");
    result_scalar(run, "wakes_per_s", (int64_t)rate(run, sum->woken, sum), "count");
    result_scalar(run, "arms_per_s", (int64_t)rate(run, sum->armed, sum), "count");
    result_scalar(run, "hlts_per_s", (int64_t)rate(run, sum->halted, sum), "count");
    result_scalar(run, "stolen", (int64_t)muldiv_round_u64(sum->stolen_tsc, PPM, sum->span_tsc),
                  "ppm");
    if (tick->mode == TICK_PERIODIC) {
        result_scalar(run, "drift", sum->drift_tsc, "tsc");
        result_scalar(run, "drift_ppm", drift_ppm(sum), "ppm");
        result_scalar(run, "drift_bound", run->machine->timer.bound_ppm, "ppm");
    }
    if (!tick->exits.asked)
        return;
    result_scalar(run, "cost_cpuid", tick->exits.cpuid_tsc, "tsc");
    result_scalar(run, "cost_arm", tick->exits.arm_tsc, "tsc");
    result_scalar(run, "cost_eoi", tick->exits.eoi_tsc, "tsc");
    result_scalar(run, "exits", (int64_t)exits_of(&tick->exits, sum), "count");
    result_scalar(run, "exits_per_s", (int64_t)rate(run, exits_of(&tick->exits, sum), sum),
                  "count");
}

/* From one tick to the next, less the period, or the periods where ticks fell out between them. */
static void report_jitter(struct run *run, struct tick *tick)
{
    size_t count = 0;

    for (uint32_t i = 0; i < tick->lane_count; i++) {
        const struct tick_lane *lane = &tick->lanes[i];

        for (uint32_t k = 0; k < lane->kept; k++) {
            uint64_t gap_tsc = lane->wakes[k].gap_tsc;

            if (!gap_tsc)
                continue;
            tick->values[count] =
                (int64_t)gap_tsc - expected_tsc(run, lane, periods_of(lane, gap_tsc));
            tick->at_tsc[count++] = lane->wakes[k].isr_tsc;
        }
    }
    result_series(run, &(struct series){.metric = "jitter",
                                        .unit = "tsc",
                                        .values = tick->values,
                                        .at_tsc = tick->at_tsc,
                                        .count = count,
                                        .has_floor = true,
                                        .floor = (int64_t)run->machine->clock.read_min_tsc,
                                        .floor_count = run->machine->clock.read_count});
}

/* From the moment when it was due, the first ones of each CPU left out. Returns how many came before it. */
static void report_late(struct run *run, struct tick *tick, uint32_t training)
{
    size_t count = 0;

    for (uint32_t i = 0; i < tick->lane_count; i++) {
        const struct tick_lane *lane = &tick->lanes[i];

        for (uint32_t k = training; k < lane->kept; k++) {
            tick->values[count] = lane->wakes[k].late_tsc;
            tick->at_tsc[count++] = lane->wakes[k].isr_tsc;
        }
    }
    result_scalar(run, "training", training, "count");
    result_series(run, &(struct series){.metric = "late",
                                        .unit = "tsc",
                                        .values = tick->values,
                                        .at_tsc = tick->at_tsc,
                                        .count = count,
                                        .has_floor = true,
                                        .floor = tick->empty.min_tsc,
                                        .floor_count = tick->empty.count});
}

/* A host may give no period as short as was asked for: then hardly any two ticks are so near to each other. */
static void report_stretched(struct run *run, struct tick *tick)
{
    const struct tick_lane *lane = &tick->lanes[0];
    uint64_t hz = run->machine->clock.tsc_hz, nearest_tsc;
    char text[TEXT_BYTES];
    size_t count = 0;

    for (uint32_t k = 0; k < lane->kept; k++) {
        if (lane->wakes[k].gap_tsc)
            tick->values[count++] = (int64_t)lane->wakes[k].gap_tsc;
    }
    if (!count)
        return;
    stats_sort(tick->values, count);
    nearest_tsc = (uint64_t)tick->values[count / 4];
    if (nearest_tsc < muldiv_u64(lane->period_tsc, STRETCHED_PPM, PPM))
        return;
    fmt(text, sizeof text,
        "the timer was set to repeat every %u us, and ticks come every %u us (median %u us): the "
        "host floors the period (KVM: min_timer_period_us), or merges ticks",
        (unsigned)(NS_PER_S / NS_PER_US / tick->hz),
        (unsigned)muldiv_round_u64(nearest_tsc, NS_PER_S / NS_PER_US, hz),
        (unsigned)muldiv_round_u64((uint64_t)tick->values[count / 2], NS_PER_S / NS_PER_US, hz));
    result_finding(run, "period_floored", "inferred", text);
}

/* What the same CPUs would do with no tick is known beforehand: one wake, one arming and one HLT for each event. */
static void report_words(struct run *run, const struct tick *tick, const struct totals *sum)
{
    static const char *const kinds[] = {"repeated by the timer", "armed each time"};
    uint64_t events_x10 = UINT64_C(10) * NS_PER_S / tick->event_ns;
    char exits[64] = "; nobody is seen to leave to", text[TEXT_BYTES];

    if (tick->exits.asked)
        fmt(exits, sizeof exits, " and about %u exits (HLT%s%s)",
            (unsigned)rate(run, exits_of(&tick->exits, sum), sum),
            tick->exits.arm && sum->armed > sum->woken / 2 ? ", arming" : "",
            tick->exits.eoi ? ", EOI" : "");
    if (tick->mode == TICK_TICKLESS)
        fmt(text, sizeof text,
            "tickless, with an event every %u us, costs each of %u CPUs %u wakes a second, %u "
            "armings%s; a tick of %u Hz would cost %u wakes",
            (unsigned)(tick->event_ns / NS_PER_US), tick->lane_count,
            (unsigned)rate(run, sum->woken, sum), (unsigned)rate(run, sum->armed, sum), exits,
            tick->hz, tick->hz);
    else
        fmt(text, sizeof text,
            "a %u Hz tick, %s, costs each of %u CPUs %u wakes a second, %u armings%s; tickless "
            "with an event every %u us would cost %u.%u wakes",
            tick->hz, kinds[tick->mode], tick->lane_count, (unsigned)rate(run, sum->woken, sum),
            (unsigned)rate(run, sum->armed, sum), exits, (unsigned)(tick->event_ns / NS_PER_US),
            (unsigned)(events_x10 / 10), (unsigned)(events_x10 % 10));
    result_finding(run, "tick_cost", tick->exits.asked ? "inferred" : NULL, text);
}

void tick_report(struct run *run, struct tick *tick)
{
    struct totals sum = {0};

    for (uint32_t i = 0; i < tick->lane_count; i++) {
        struct totals t = lane_totals(run, tick, &tick->lanes[i]);

        report_row(run, &tick->lanes[i], &t);
        add_totals(&sum, &t);
    }
    if (!sum.woken) {
        result_fail(run, "wakes", 0, "count");
        return;
    }
    report_counts(run, tick, &sum);
    report_jitter(run, tick);
    if (tick->mode == TICK_PERIODIC)
        report_stretched(run, tick);
    else
        report_late(run, tick, tick_report_training(run, tick));
    report_words(run, tick, &sum);
    result_metric(run, "wakes_per_s", (int64_t)rate(run, sum.woken, &sum), "count");
}
