/* SPDX-License-Identifier: MIT */
/* Results of `ple test=gap` and `test=window`: what was seen, and what lib/infer makes of it, in words. */
#include "experiments/kit/row.h"
#include "experiments/ple/parts.h"
#include "lib/fmt.h"
#include "lib/infer/ple_gap.h"
#include "lib/infer/ple_window.h"

enum {
    TEXT_BYTES = 200,
    KVM_GAP_TSC = 128, /* ple_gap and pause_filter_thresh */
    RULE_BYTES = 64,
    SHOWN_LOOPS = 8,
    SHOWN_STRETCHES = 5,
    ITEM_CHARACTERS = 8, /* of an item's brackets and commas, and of the two that close the list and the record */
};

static const char *const exits_words[] = {"pending", "yes", "no", "unclear"};

static size_t digits(uint64_t value)
{
    size_t count = 1;

    for (; value >= 10; value /= 10)
        count++;
    return count;
}

static size_t characters(const struct ple_stretch *stretch)
{
    return digits(stretch->tsc) + digits(stretch->count) + digits(stretch->long_tsc) + ITEM_CHARACTERS;
}

/* The first loops as they were: stretches of [ticks, steps, ticks of the long step behind it]. */
static void emit_loops(struct step *step, const struct ple_loop *loops, uint32_t count)
{
    for (uint32_t i = 0; i < count && i < SHOWN_LOOPS; i++) {
        struct row row;
        struct json *json = &row.json;

        row_begin(&row, step, "ple_loop");
        json_bool(json, "pause", loops[i].pause);
        json_add(json, "distance:%lu stretches:%u", ple_loop_distance_tsc(&loops[i]), loops[i].stretch_count);
        json_array_begin(json, "first");
        for (uint32_t k = 0;
             k < loops[i].stretch_count && k < SHOWN_STRETCHES && json_room(json) > characters(&loops[i].stretches[k]);
             k++) {
            json_array_begin(json, NULL);
            json_uint(json, NULL, loops[i].stretches[k].tsc);
            json_uint(json, NULL, loops[i].stretches[k].count);
            json_uint(json, NULL, loops[i].stretches[k].long_tsc);
            json_array_end(json);
        }
        json_array_end(json);
        row_end(&row, step);
    }
}

/* The evidence of either answer. */
static void report_base(struct step *step, const struct ple_base *base)
{
    row_write(step, "ple_first",
              "loops:%u agree:%u longer:%u control_loops:%u control_longer:%u distance:%lu clear:%lu clear_pauses:%lu",
              base->loops, base->agree, base->longer, base->control_loops, base->control_longer, base->distance_tsc,
              base->clear_tsc, base->clear_count);
}

/* Where nothing was found; the KTAP metric's word is the verdict. */
static void report_absence(struct step *step, const struct ple_base *base)
{
    bool none = base->verdict == PLE_NONE;
    char text[TEXT_BYTES];

    if (!base->loops)
        result_no_samples(step);
    fmt(text, sizeof(text), "%s %lu ticks and %lu PAUSEs in one loop; PAUSEs are %lu ticks apart%s",
        none ? "no PLE seen, up to" : "don't know, disturbed too often; seen up to", base->clear_tsc, base->clear_count,
        base->distance_tsc, base->distance_tsc > KVM_GAP_TSC ? ": farther than the gap that KVM sets, 128" : "");
    result_finding(step, "ple", CONFIDENCE_MEASURED, text);
    result_metric(step, none ? "none" : "unknown", (int64_t)base->clear_tsc, "tsc"); /* up to which */
}

static void emit_probes(struct step *step, const struct ple_loop *loops, uint32_t count, const struct ple_base *first)
{
    for (uint32_t i = 0; i < count; i++) {
        struct ple_probe probe;

        if (!loops[i].break_filler || (i && loops[i].break_filler == loops[i - 1].break_filler))
            continue;
        ple_gap_probe(loops, count, loops[i].break_filler, first, &probe);
        row_write(step, "ple_gap", "distance:%lu n:%u joined:%u broken:%u loop:%s", probe.distance_tsc, probe.loops,
                  probe.joined, probe.broken, exits_words[probe.exits]);
    }
}

/* A bound is called a bound: without an end the gap may be longer; where a PAUSE is long it may be shorter by one. */
static void emit_gap(struct step *step, const struct ple_gap *gap)
{
    if (gap->verdict != PLE_FOUND)
        result_metric(step, "unknown", (int64_t)ple_range_middle(gap->gap_tsc), "tsc");
    else if (!gap->has_end)
        result_metric(step, "gap_at_least", (int64_t)gap->setting_tsc.low, "tsc");
    else if (!gap->is_exact)
        result_metric(step, "gap_at_most", (int64_t)gap->setting_tsc.high, "tsc");
    else
        result_metric(step, "gap", (int64_t)ple_range_middle(gap->gap_tsc), "tsc");
}

void ple_report_gap(struct step *step, const struct ple_loop *loops, uint32_t count)
{
    struct ple_gap gap;
    char text[TEXT_BYTES], farther[RULE_BYTES] = "", set[RULE_BYTES] = "";

    ple_gap_infer(loops, count, &gap);
    emit_loops(step, loops, count);
    report_base(step, &gap.first);
    if (gap.first.verdict != PLE_FOUND) {
        report_absence(step, &gap.first);
        return;
    }
    emit_probes(step, loops, count, &gap.first);
    if (gap.has_end)
        fmt(farther, sizeof(farther), ", %lu are not", gap.gap_tsc.high);
    if (!gap.is_exact)
        fmt(set, sizeof(set), "; a PAUSE's own %lu may not count: the gap is %lu or more", gap.first.pause_tsc,
            gap.setting_tsc.low);
    fmt(text, sizeof(text), "PAUSEs %lu ticks apart are one loop%s%s%s", gap.gap_tsc.low, farther,
        gap.verdict != PLE_FOUND ? ": don't know the gap"
        : gap.has_end            ? ""
                                 : ": no limit found",
        set);
    result_finding(step, "ple_gap", gap.verdict == PLE_FOUND ? CONFIDENCE_INFERRED : CONFIDENCE_LOW, text);
    emit_gap(step, &gap);
}

static void describe_growth(const struct ple_levels *levels, char *text)
{
    static const char *const words[] = {"growth not known", "does not grow", "times %lu each exit",
                                        "plus %lu each exit"};
    int length = fmt(text, RULE_BYTES, words[levels->growth], levels->growth_by);

    if (levels->has_max && length < RULE_BYTES)
        fmt(text + length, RULE_BYTES - (size_t)length, " up to %lu", ple_range_middle(levels->max));
}

static void describe_reset(const struct ple_window *window, char *text)
{
    static const char *const words[] = {"", "; a rest resets it", "; a rest divides it by %u", "; a rest leaves it"};

    fmt(text, RULE_BYTES, words[window->reset], window->reset_by);
}

static void report_rule(struct step *step, const struct ple_window *window)
{
    static const char *const units[] = {"ticks or so many PAUSEs", "ticks", "PAUSEs"};
    char text[TEXT_BYTES], growth[RULE_BYTES], reset[RULE_BYTES];
    uint64_t base = ple_range_middle(window->levels.base);

    describe_growth(&window->levels, growth);
    describe_reset(window, reset);
    fmt(text, sizeof(text), "PAUSE loop exits after about %lu %s, %s%s; %u of %u loops agree", base,
        units[window->unit], growth, reset, window->first.agree, window->first.loops);
    result_finding(step, "ple_window", CONFIDENCE_INFERRED, text);
    result_metric(step, "window", (int64_t)base, window->unit == PLE_UNIT_COUNT ? "count" : "tsc");
}

void ple_report_window(struct step *step, const struct ple_loop *loops, uint32_t count)
{
    struct ple_window window;

    ple_window_infer(loops, count, &window);
    emit_loops(step, loops, count);
    report_base(step, &window.first);
    if (window.first.verdict != PLE_FOUND) {
        report_absence(step, &window.first);
        return;
    }
    for (uint32_t i = 0; i < window.levels.count; i++)
        row_write(step, "ple_window", "exit:%u low:%lu high:%lu u:%s", i + 1, window.levels.windows[i].low,
                  window.levels.windows[i].high, window.unit == PLE_UNIT_COUNT ? "count" : "tsc");
    report_rule(step, &window);
}
