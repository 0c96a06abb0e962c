/* SPDX-License-Identifier: MIT */
/*
 * Results of `haltpoll`: one row for each interval and setting, the knee, the rule of the ladder, in figures. Words:
 * words.c.
 */
#include "experiments/kit/row.h"
#include "experiments/haltpoll/parts.h"
#include "lib/quantile.h"
#include "lib/stats.h"

enum { P50 = QUANTILE_ONE / 2, P99 = QUANTILE_ONE / 100 * 99 };

static int64_t quantile(const int64_t *sorted, uint32_t count, uint32_t parts)
{
    return quantile_of_sorted(sorted, count, parts).value;
}

/* Counts by reason to reject a halt: early, spurious, skew, stolen. */
static void add_rejects(struct json *json, const struct haltpoll_point *point)
{
    static const uint8_t order[] = {REJECT_EARLY, REJECT_SPURIOUS, REJECT_SKEW, REJECT_STEAL};
    uint32_t rejected = 0;

    for (unsigned i = 0; i < sizeof(order); i++)
        rejected += point->rejects[order[i]];
    if (!rejected)
        return;
    json_array_begin(json, "rej");
    for (unsigned i = 0; i < sizeof(order); i++)
        json_uint(json, NULL, point->rejects[order[i]]);
    json_array_end(json);
}

static uint64_t blur_of(const struct step *step, const struct haltpoll_point *point)
{
    if (!step->timer_tsc || !point->count)
        return 0;
    return step_timer_blur_tsc(step, point->at_tsc, quantile(point->latency_tsc, point->count, P50));
}

/* Returns what the row says of the timer. A guest that polls has polled, halts and burned instead of train. */
static uint64_t report_row(struct step *step, const char *set, struct haltpoll_point *point)
{
    uint64_t blur_tsc;
    struct row row;

    stats_sort(point->latency_tsc, point->count);
    stats_sort(point->silent_tsc, point->count);
    stats_sort(point->training_tsc, point->training_count);
    row_begin(&row, step, "haltpoll");
    json_add(&row.json, "set:%s asked:%lu n:%u", set, point->at_tsc, point->count);
    add_rejects(&row.json, point);
    if (point->count)
        json_add(&row.json, "at:%ld min:%ld p50:%ld p99:%ld max:%ld", quantile(point->silent_tsc, point->count, P50),
                 point->latency_tsc[0], quantile(point->latency_tsc, point->count, P50),
                 quantile(point->latency_tsc, point->count, P99), point->latency_tsc[point->count - 1]);
    blur_tsc = blur_of(step, point);
    if (blur_tsc)
        json_uint(&row.json, "off", blur_tsc);
    if (point->training_count)
        json_int(&row.json, "train", quantile(point->training_tsc, point->training_count, P50));
    if (point->guest)
        json_add(&row.json, "polled:%u halts:%u burned:%lu", point->guest->polled, point->guest->halts,
                 point->guest->burned_tsc);
    row_end(&row, step);
    return blur_tsc;
}

/* Returns how many samples the sweeps kept. */
static uint64_t report_rows(struct step *step, struct haltpoll_sweeps *sweeps)
{
    uint64_t blur_tsc = 0, kept = 0;

    for (uint32_t s = 0; s < sweeps->count; s++)
        for (uint32_t i = 0; i < sweeps->point_count; i++) {
            uint64_t row_tsc = report_row(step, sweeps->sweep_list[s].name, &sweeps->sweep_list[s].points[i]);

            kept += sweeps->sweep_list[s].points[i].count;
            blur_tsc = row_tsc > blur_tsc ? row_tsc : blur_tsc;
        }
    result_timer_blur(step, blur_tsc);
    return kept;
}

static void report_knee(struct step *step, const struct haltpoll *hp)
{
    result_scalar(step, "knee", (int64_t)hp->ceiling.at_ns, "ns");
    result_scalar(step, "knee_low", (int64_t)hp->ceiling.low_ns, "ns");
    result_scalar(step, "knee_high", (int64_t)hp->ceiling.high_ns, "ns");
    result_scalar(step, "limit_at_most", (int64_t)hp->ceiling.limit_ns, "ns");
    result_scalar(step, "wake_before_knee", hp->knee->before, "ns");
    result_scalar(step, "wake_behind_knee", hp->knee->after, "ns");
    result_metric(step, "knee", (int64_t)hp->ceiling.at_ns, "ns");
}

static void report_history(struct step *step, const struct haltpoll_history *history)
{
    result_scalar(step, "cold", history->cold_count, "count");
    result_scalar(step, "cold_slow", history->cold_slow, "count");
    result_scalar(step, "warm", history->warm_count, "count");
    result_scalar(step, "warm_fast", history->warm_fast, "count");
}

static void report_rule(struct step *step, const struct halt_rule *rule)
{
    result_scalar(step, "trials", rule->trials, "count");
    result_scalar(step, "misfits", rule->misfits, "count");
    if (rule->unknown)
        return;
    if (rule->grow_start_known)
        result_scalar(step, "grow_start", (int64_t)rule->grow_start_ns, "ns");
    if (rule->grow_known)
        result_scalar(step, "grow", rule->grow, "count");
    if (rule->shrink_known)
        result_scalar(step, "shrink", rule->shrink, "count");
}

void haltpoll_report_curve(struct step *step)
{
    struct haltpoll *hp = step->state;
    const struct empty_path *empty = &hp->empty;

    calibrate_emit(step, "on", "hlt", empty);
    if (!report_rows(step, &hp->coarse))
        result_no_samples(step);
    report_rows(step, &hp->fine);
    if (hp->knee && haltpoll_judge_knee(step) == KNEE_IS_POLLING)
        report_knee(step, hp);
    if (hp->history.rounds)
        report_history(step, &hp->history);
    if (hp->ladder->count)
        report_rule(step, &hp->rule);
    result_metric(step, "hlts", (int64_t)hp->nap.waits, "count");
}
