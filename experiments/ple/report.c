/* SPDX-License-Identifier: MIT */
/* Results of `ple test=gap` and `test=window`: what was seen, and what lib/infer makes of it, in words. */
#include "experiments/kit/results.h"
#include "experiments/ple/parts.h"
#include "lib/fmt.h"
#include "lib/infer/ple_gap.h"
#include "lib/infer/ple_window.h"
#include "lib/json.h"

enum {
    TEXT_BYTES = 200,
    KVM_GAP_TSC = 128, /* ple_gap and pause_filter_thresh */
    RULE_BYTES = 64,
    SHOWN_LOOPS = 8,
    SHOWN_STRETCHES = 5,
    ITEM_CHARACTERS = 24,
};

static const char *const exits_words[] = {"pending", "yes", "no", "unclear"};

static void begin_row(const struct run *run, struct json *json, char *text, const char *row)
{
    json_begin(json, text, JSON_OBJECT_BYTES);
    json_str(json, "t", "stats");
    json_uint(json, "step", run->results->step);
    json_str(json, "row", row);
}

/* The first loops as they were: stretches of [ticks, steps, ticks of the long step behind it]. */
static void emit_loops(struct run *run, const struct ple_loop *loops, uint32_t count)
{
    for (uint32_t i = 0; i < count && i < SHOWN_LOOPS; i++) {
        char text[JSON_OBJECT_BYTES];
        struct json json;

        begin_row(run, &json, text, "ple_loop");
        json_bool(&json, "pause", loops[i].pause);
        json_uint(&json, "distance", ple_loop_distance_tsc(&loops[i]));
        json_uint(&json, "stretches", loops[i].stretch_count);
        json_array_begin(&json, "first");
        for (uint32_t k = 0; k < loops[i].stretch_count && k < SHOWN_STRETCHES && json_room(&json) > ITEM_CHARACTERS;
             k++) {
            json_array_begin(&json, NULL);
            json_uint(&json, NULL, loops[i].stretches[k].tsc);
            json_uint(&json, NULL, loops[i].stretches[k].count);
            json_uint(&json, NULL, loops[i].stretches[k].long_tsc);
            json_array_end(&json);
        }
        json_array_end(&json);
        result_record(run, &json);
    }
}

/* What stands under either answer. */
static void report_base(struct run *run, const struct ple_base *base)
{
    char text[JSON_OBJECT_BYTES];
    struct json json;

    begin_row(run, &json, text, "ple_first");
    json_uint(&json, "loops", base->loops);
    json_uint(&json, "agree", base->agree);
    json_uint(&json, "longer", base->longer);
    json_uint(&json, "control_loops", base->control_loops);
    json_uint(&json, "control_longer", base->control_longer);
    json_uint(&json, "distance", base->distance_tsc);
    json_uint(&json, "clear", base->clear_tsc);
    json_uint(&json, "clear_pauses", base->clear_count);
    result_record(run, &json);
}

/* Where nothing was found; the KTAP metric's word is the verdict. */
static void report_absence(struct run *run, const struct ple_base *base)
{
    bool none = base->verdict == PLE_NONE;
    char text[TEXT_BYTES];

    fmt(text, sizeof text, "%s %llu ticks and %llu PAUSEs in one loop; PAUSEs are %llu ticks apart%s",
        none ? "no PLE seen, up to" : "don't know, disturbed too often; seen up to",
        (unsigned long long)base->clear_tsc, (unsigned long long)base->clear_count,
        (unsigned long long)base->distance_tsc,
        base->distance_tsc > KVM_GAP_TSC ? ": farther than the gap that KVM sets, 128" : "");
    result_finding(run, "ple", "measured", text);
    result_metric(run, none ? "none" : "unknown", (int64_t)base->clear_tsc, "tsc"); /* up to which */
}

static void emit_probes(struct run *run, const struct ple_loop *loops, uint32_t count, const struct ple_base *first)
{
    for (uint32_t i = 0; i < count; i++) {
        char text[JSON_OBJECT_BYTES];
        struct ple_probe probe;
        struct json json;

        if (!loops[i].break_filler || (i && loops[i].break_filler == loops[i - 1].break_filler))
            continue;
        ple_gap_probe(loops, count, loops[i].break_filler, first, &probe);
        begin_row(run, &json, text, "ple_gap");
        json_uint(&json, "distance", probe.distance_tsc);
        json_uint(&json, "n", probe.loops);
        json_uint(&json, "joined", probe.joined);
        json_uint(&json, "broken", probe.broken);
        json_str(&json, "loop", exits_words[probe.exits]);
        result_record(run, &json);
    }
}

/* A bound is named one: without an end the gap is longer, and where a PAUSE is long it may be the shorter by one. */
static void emit_gap(struct run *run, const struct ple_gap *gap)
{
    if (gap->verdict != PLE_FOUND)
        result_metric(run, "unknown", (int64_t)ple_range_middle(gap->gap_tsc), "tsc");
    else if (!gap->has_end)
        result_metric(run, "gap_at_least", (int64_t)gap->setting_tsc.low, "tsc");
    else if (!gap->is_exact)
        result_metric(run, "gap_at_most", (int64_t)gap->setting_tsc.high, "tsc");
    else
        result_metric(run, "gap", (int64_t)ple_range_middle(gap->gap_tsc), "tsc");
}

void ple_report_gap(struct run *run, const struct ple_loop *loops, uint32_t count)
{
    struct ple_gap gap;
    char text[TEXT_BYTES], farther[RULE_BYTES] = "", set[RULE_BYTES] = "";

    ple_gap_infer(loops, count, &gap);
    emit_loops(run, loops, count);
    report_base(run, &gap.first);
    if (gap.first.verdict != PLE_FOUND) {
        report_absence(run, &gap.first);
        return;
    }
    emit_probes(run, loops, count, &gap.first);
    if (gap.has_end)
        fmt(farther, sizeof farther, ", %llu are not", (unsigned long long)gap.gap_tsc.high);
    if (!gap.is_exact)
        fmt(set, sizeof set, "; a PAUSE's own %llu may not count: the gap is %llu or more",
            (unsigned long long)gap.first.pause_tsc, (unsigned long long)gap.setting_tsc.low);
    fmt(text, sizeof text, "PAUSEs %llu ticks apart are one loop%s%s%s", (unsigned long long)gap.gap_tsc.low, farther,
        gap.verdict != PLE_FOUND ? ": don't know the gap"
        : gap.has_end            ? ""
                                 : ": no limit found",
        set);
    result_finding(run, "ple_gap", "inferred", text);
    emit_gap(run, &gap);
}

static void describe_growth(const struct ple_levels *levels, char *text)
{
    static const char *const words[] = {"growth not known", "does not grow", "times %llu each exit",
                                        "plus %llu each exit"};
    int length = fmt(text, RULE_BYTES, words[levels->growth], (unsigned long long)levels->growth_by);

    if (levels->has_max && length < RULE_BYTES)
        fmt(text + length, RULE_BYTES - (size_t)length, " up to %llu",
            (unsigned long long)ple_range_middle(levels->max));
}

static void describe_reset(const struct ple_window *window, char *text)
{
    static const char *const words[] = {"", "; a rest resets it", "; a rest divides it by %u", "; a rest leaves it"};

    fmt(text, RULE_BYTES, words[window->reset], window->reset_by);
}

static void report_rule(struct run *run, const struct ple_window *window)
{
    static const char *const units[] = {"ticks or so many PAUSEs", "ticks", "PAUSEs"};
    char text[TEXT_BYTES], growth[RULE_BYTES], reset[RULE_BYTES];
    uint64_t base = ple_range_middle(window->levels.base);

    describe_growth(&window->levels, growth);
    describe_reset(window, reset);
    fmt(text, sizeof text, "PAUSE loop exits after about %llu %s, %s%s; %u of %u loops agree", (unsigned long long)base,
        units[window->unit], growth, reset, window->first.agree, window->first.loops);
    result_finding(run, "ple_window", "inferred", text);
    result_metric(run, "window", (int64_t)base, window->unit == PLE_UNIT_COUNT ? "count" : "tsc");
}

void ple_report_window(struct run *run, const struct ple_loop *loops, uint32_t count)
{
    struct ple_window window;
    char text[JSON_OBJECT_BYTES];
    struct json json;

    ple_window_infer(loops, count, &window);
    emit_loops(run, loops, count);
    report_base(run, &window.first);
    if (window.first.verdict != PLE_FOUND) {
        report_absence(run, &window.first);
        return;
    }
    for (uint32_t i = 0; i < window.levels.count; i++) {
        begin_row(run, &json, text, "ple_window");
        json_uint(&json, "exit", i + 1);
        json_uint(&json, "low", window.levels.windows[i].low);
        json_uint(&json, "high", window.levels.windows[i].high);
        json_str(&json, "u", window.unit == PLE_UNIT_COUNT ? "count" : "tsc");
        result_record(run, &json);
    }
    report_rule(run, &window);
}
