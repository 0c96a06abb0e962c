/* SPDX-License-Identifier: MIT */
/*
 * The results of `deadline`: a record for each row, and what the figures say in words. The words say no more than the
 * figures show.
 */
#include "experiments/deadline/parts.h"
#include "experiments/kit/row.h"
#include "lib/fmt.h"
#include "lib/stats.h"

enum {
    TEXT_BYTES = 192,
    FLOOR_SHARE = 4, /* a sleep longer than its limit by this share is the floor, not the limit */
    NEAR_SHARE = 8,  /* a cap within an eighth of the requested one is the requested one */
};

static void emit_row(struct step *step, const struct steps_row *row)
{
    row_write(step, "deadline", "asked:%lu n:%u min:%ld p50:%ld max:%ld cf:%u early:%u", row->asked_tsc, row->n,
              row->min_tsc, row->p50_tsc, row->max_tsc, row->limited, row->early);
}

/* Rows, how many of their waits were cut short and how; returns the waits that ended early with CF clear. */
static uint32_t report_rows(struct step *step, const struct deadline *deadline)
{
    uint32_t limited = 0, early = 0;

    for (uint32_t i = 0; i < deadline->points; i++) {
        emit_row(step, &deadline->rows[i]);
        limited += deadline->rows[i].limited;
        early += deadline->rows[i].early;
    }
    result_scalar(step, "waits", deadline->wait_count, "count");
    result_scalar(step, "limited", limited, "count");
    result_scalar(step, "early", early, "count");
    return early;
}

static void report_floor(struct step *step, const struct deadline *deadline, uint32_t early)
{
    int64_t floor_tsc = steps_floor(deadline->rows, deadline->points);
    const struct steps_row *first;

    result_scalar(step, "floor", floor_tsc, "tsc");
    if (!floor_tsc && !early) /* a limit ended each */
        return;
    if (!floor_tsc) {
        result_say(step, "ends_early", CONFIDENCE_NONE,
                   "it does not wait as long as asked: %u of %u waits ended before their limit with CF clear", early,
                   deadline->wait_count);
        result_metric(step, "ends_early", early, "count");
        return;
    }
    first = &deadline->rows[0];
    if (first->p50_tsc <= (int64_t)(first->asked_tsc + first->asked_tsc / FLOOR_SHARE))
        result_say(step, "floor", CONFIDENCE_NONE,
                   "no shortest sleep was found: the shortest limit, %lu ticks, sleeps %ld", first->asked_tsc,
                   first->p50_tsc);
    else
        result_say(step, "floor", CONFIDENCE_NONE, "no sleep is shorter than %ld ticks; the shortest limit was %lu",
                   floor_tsc, first->asked_tsc);
}

/* The register may keep what is written while the processor follows a host's value: KVM does that. */
static const char *not_ours(const struct deadline *deadline)
{
    if (!deadline->limit_known)
        return "the limit is not ours (host, firmware or emulator)";
    if (deadline->limit_tsc == deadline->cap_tsc)
        return "the register reads back as written, but a host's value rules";
    return "the register did not keep what was written";
}

/* Whether the limit is the one that was written, or another's. */
static void describe_cap(const struct deadline *deadline, const struct steps_cap *cap, char *text)
{
    int64_t asked_tsc = (int64_t)deadline->cap_tsc;
    bool own =
        asked_tsc && cap->tsc >= asked_tsc - asked_tsc / NEAR_SHARE && cap->tsc <= asked_tsc + asked_tsc / NEAR_SHARE;
    char wish[48];

    fmt(wish, sizeof(wish), asked_tsc ? "a cap of %ld ticks" : "no cap", asked_tsc);
    fmt(text, TEXT_BYTES, "from %lu ticks on waits end after %ld; requested was %s: %s; CF in %u of %u", cap->from_tsc,
        cap->tsc, wish, own ? "it is that cap" : not_ours(deadline), cap->limited, cap->waits);
}

static void report_cap(struct step *step, const struct deadline *deadline)
{
    struct steps_cap cap = steps_cap(deadline->rows, deadline->points);
    uint64_t longest_tsc = 0;
    char text[TEXT_BYTES];

    for (uint32_t i = 0; i < deadline->points; i++)
        if (deadline->rows[i].n)
            longest_tsc = deadline->rows[i].asked_tsc;
    result_scalar(step, "requested_cap", (int64_t)deadline->cap_tsc, "tsc");
    if (deadline->limit_known)
        result_scalar(step, "read_back_cap", (int64_t)deadline->limit_tsc, "tsc");
    result_scalar(step, "effective_cap", cap.tsc, "tsc");
    if (cap.tsc)
        describe_cap(deadline, &cap, text);
    else if (deadline->cap_tsc && longest_tsc > deadline->cap_tsc)
        fmt(text, sizeof(text), "the requested cap of %lu ticks does not hold: waits of %lu are whole",
            deadline->cap_tsc, longest_tsc);
    else
        fmt(text, sizeof(text), "no cap up to %lu ticks, the longest limit asked for", longest_tsc);
    result_finding(step, "cap", CONFIDENCE_NONE, text);
    if (cap.tsc && !cap.limited && deadline->has_states)
        result_finding(step, "cap_without_cf", CONFIDENCE_NONE,
                       "the cap ends waits with CF clear: the manual says CF is set");
}

static void report_quantum(struct step *step, struct deadline *deadline, uint32_t state)
{
    uint32_t n = deadline->probe_kept[state];
    struct steps_answer answer;

    stats_sort(deadline->probe_slept_tsc[state], n);
    answer = steps_judge(deadline->probe_slept_tsc[state], deadline->probe_overshoot_tsc[state], n);
    if (!answer.said)
        return;
    result_scalar(step, "quantum", (int64_t)answer.quantum * 1000 / STEPS_ONE, "mtsc");
    if (answer.quantum)
        result_say(step, "quantum", CONFIDENCE_INFERRED, "sleeps are whole steps of %u.%02u ticks",
                   answer.quantum / STEPS_ONE, answer.quantum % STEPS_ONE * 100 / STEPS_ONE);
    else
        result_say(step, "quantum", CONFIDENCE_INFERRED, "sleeps follow the limit with no step wider than %ld ticks",
                   answer.none_above_tsc);
}

static void report_states(struct step *step, struct deadline *deadline)
{
    struct steps_pair pair;

    if (deadline->probe_kept[0] < STEPS_VALUES_MIN || deadline->probe_kept[1] < STEPS_VALUES_MIN)
        return;
    pair = steps_compare(deadline->probe_overshoot_tsc[0], deadline->probe_kept[0], deadline->probe_overshoot_tsc[1],
                         deadline->probe_kept[1]);
    result_scalar(step, "c01_overshoot_p50", pair.p50_tsc[0], "tsc");
    result_scalar(step, "c02_overshoot_p50", pair.p50_tsc[1], "tsc");
    result_scalar(step, "c02_less_c01", pair.less_tsc, "tsc");
    if (pair.differ)
        result_say(step, "c01_c02", CONFIDENCE_INFERRED, "C0.2 ends %ld ticks %s than C0.1 (median; spread %ld)",
                   (pair.less_tsc < 0 ? -pair.less_tsc : pair.less_tsc), pair.less_tsc < 0 ? "earlier" : "later",
                   pair.spread_tsc);
    else
        result_say(step, "c01_c02", CONFIDENCE_INFERRED, "C0.1 and C0.2 end alike: their medians are within %ld ticks",
                   pair.within_tsc);
}

static void report_probe(struct step *step, struct deadline *deadline)
{
    uint32_t own = deadline->has_states ? deadline->call.argument : 0;

    result_scalar(step, "probe_waits", deadline->probe_count, "count");
    result_scalar(step, "probe_low", (int64_t)deadline->probe_low_tsc, "tsc");
    result_scalar(step, "probe_high", (int64_t)deadline->probe_high_tsc, "tsc");
    for (uint32_t i = 0; i < STATES; i++)
        stats_sort(deadline->probe_overshoot_tsc[i], deadline->probe_kept[i]);
    report_quantum(step, deadline, own);
    if (deadline->has_states)
        report_states(step, deadline);
}

void deadline_report(struct step *step, struct deadline *deadline)
{
    uint32_t n = deadline->overshoot_count, early;

    calibrate_emit(step, deadline->wait == deadline->method->wait ? "on" : "masked", deadline->method->name,
                   &deadline->empty);
    early = report_rows(step, deadline);
    if (deadline->wait_count) {
        report_floor(step, deadline, early);
        report_cap(step, deadline);
        report_probe(step, deadline);
    }
    deadline_report_clock(step, deadline);
    result_series(step, &(struct series){.metric = "overshoot",
                                         .unit = "tsc",
                                         .values = deadline->overshoot_tsc,
                                         .at_tsc = deadline->at_tsc,
                                         .count = n,
                                         .has_floor = true,
                                         .floor = deadline->empty.plain.after_min_tsc,
                                         .floor_count = deadline->empty.plain.count,
                                         .has_fenced = deadline->empty.fenced.count != 0,
                                         .fenced = deadline->empty.fenced.after_min_tsc});
    if (n)
        result_metric(step, "overshoot_p50", deadline->overshoot_tsc[(n - 1) / 2], "tsc");
    else
        result_no_samples(step);
}
