/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: tests/unit/synthetic_ple_host.c
/*
 * lib/infer/ple_gap.c and ple_window.c on 1000 made-up hosts: what share of them is recovered within a tenth, where the
 * answer is "don't know", and how often it is wrong. And on 1000 whose PAUSE is longer than KVM's gap, and which may
 * count it or not: none may be told a gap that is not the host's.
 */
#include "tests/unit/tap.h"

#include <stdlib.h>

#include "lib/infer/ple_gap.h"
#include "lib/infer/ple_window.h"
#include "tests/unit/synthetic_ple_host.h"

enum { HOSTS = 1000, LIMIT_TSC = 50000000 };

enum score { RIGHT, DONT_KNOW, WRONG, SCORES };

typedef bool next_loop(const struct ple_loop *loops, uint32_t count, uint64_t limit_tsc, struct ple_loop *next);

struct tally {
    unsigned gap[SCORES], window[SCORES], unit[SCORES], growth[SCORES], max[SCORES], reset[SCORES];
    unsigned whole[SCORES];
    unsigned visible, growth_shown;
    unsigned loops_most;
};

static uint32_t take_series(struct synthetic_ple_host *host, next_loop *next, struct ple_loop *loops)
{
    uint32_t count = 0;

    while (count < PLE_LOOPS_MAX && next(loops, count, LIMIT_TSC, &loops[count]))
        synthetic_ple_host_run(host, &loops[count++]);
    return count;
}

static bool near(uint64_t got, uint64_t want)
{
    return got * 10 >= want * 9 && got * 10 <= want * 11;
}

/* PAUSEs as near as they come are too far apart, or there are no exits at all. */
static bool invisible(const struct synthetic_ple_host *host)
{
    return !host->on || !synthetic_ple_host_joins(host, synthetic_ple_host_distance(host, 0));
}

static enum score score_absence(const struct synthetic_ple_host *host, const struct ple_base *base)
{
    if (base->verdict == PLE_UNKNOWN)
        return DONT_KNOW;
    if (invisible(host))
        return base->verdict == PLE_NONE ? RIGHT : WRONG;
    /* "None up to X" is true, but not what was asked for, where the window is longer than X. */
    return (host->counts ? base->clear_count : base->clear_tsc) <= host->base ? DONT_KNOW : WRONG;
}

static enum score score_gap(const struct synthetic_ple_host *host, const struct ple_gap *gap)
{
    if (gap->first.verdict != PLE_FOUND || invisible(host))
        return score_absence(host, &gap->first);
    if (gap->verdict != PLE_FOUND)
        return DONT_KNOW;
    if (!gap->has_end)
        return WRONG;
    return near(ple_range_middle(gap->gap_tsc), host->gap_tsc) ? RIGHT : WRONG;
}

static enum score score_unit(const struct synthetic_ple_host *host, const struct ple_window *window)
{
    if (window->unit == PLE_UNIT_UNKNOWN)
        return DONT_KNOW;
    return host->counts == (window->unit == PLE_UNIT_COUNT) ? RIGHT : WRONG;
}

static enum score score_base(const struct synthetic_ple_host *host, const struct ple_window *window)
{
    struct ple_range base = host->counts ? window->first.count : window->first.time_tsc;

    if (window->unit != PLE_UNIT_UNKNOWN)
        base = window->levels.base;
    return near(ple_range_middle(base), host->base) ? RIGHT : WRONG;
}

/* A window that is longer than the time between two ticks of the host is never seen whole. */
static bool fits_between_ticks(const struct synthetic_ple_host *host, uint64_t window)
{
    uint64_t step_tsc = host->counts ? synthetic_ple_host_distance(host, 0) : 1;

    return window * step_tsc < host->tick_tsc / 10 * 8;
}

/* Windows that differ from the one before, with the first one, as far as they can be seen. */
static unsigned distinct_windows(const struct synthetic_ple_host *host)
{
    uint64_t window = host->base;
    unsigned distinct = 1;

    while (distinct < 8) {
        uint64_t next = host->grow < host->base ? window * host->grow : window + host->grow;

        if (next > host->max)
            next = host->max;
        if (next == window || !fits_between_ticks(host, next))
            break;
        window = next;
        distinct++;
    }
    return distinct;
}

static enum score score_growth(const struct synthetic_ple_host *host, const struct ple_window *window)
{
    const struct ple_levels *levels = &window->levels;
    uint64_t by = levels->growth_by;
    bool none = host->grow == 1 || host->base >= host->max;

    if (window->unit == PLE_UNIT_UNKNOWN && host->counts) /* said in ticks then */
        by /= window->first.distance_tsc;
    switch (levels->growth) {
    case PLE_GROWTH_NONE:
        return none ? RIGHT : WRONG;
    case PLE_GROWTH_TIMES:
        if (host->grow == host->base && levels->growth_by == 2)
            return RIGHT; /* the first step of both is the same, and more may not show */
        return !none && levels->growth_by == host->grow ? RIGHT : WRONG;
    case PLE_GROWTH_PLUS:
        return !none && near(by, host->grow) ? RIGHT : WRONG;
    default:
        return DONT_KNOW;
    }
}

static enum score score_max(const struct synthetic_ple_host *host, const struct ple_window *window)
{
    uint64_t max = ple_range_middle(window->levels.max);

    if (!window->levels.has_max)
        return DONT_KNOW;
    if (window->unit == PLE_UNIT_UNKNOWN && host->counts)
        max /= window->first.distance_tsc;
    return near(max, host->max) ? RIGHT : WRONG;
}

static enum score score_reset(const struct synthetic_ple_host *host, const struct ple_window *window)
{
    switch (window->reset) {
    case PLE_RESET_TO_BASE:
        return host->shrink == 0 ? RIGHT : WRONG;
    case PLE_RESET_DIVIDES:
        return host->shrink == window->reset_by ? RIGHT : WRONG;
    case PLE_RESET_KEEPS:
        return WRONG;
    default:
        return DONT_KNOW;
    }
}

static enum score worse(enum score a, enum score b)
{
    return a > b ? a : b;
}

static void explain(uint64_t seed, const char *what, const struct synthetic_ple_host *host, const struct ple_gap *gap,
                    const struct ple_window *window)
{
    if (!getenv("PLE_EXPLAIN"))
        return;
    printf("# %llu %s: on %d %s gap %llu base %llu grow %llu max %llu distance %llu tick %llu chance "
           "%llu | verdict %d %d gap %llu..%llu base %llu..%llu or %llu..%llu agree %u longer %u of "
           "%u control %u unit %d distances %u levels %u growth %d by %llu\n",
           (unsigned long long)seed, what, host->on, host->counts ? "count" : "time", (unsigned long long)host->gap_tsc,
           (unsigned long long)host->base, (unsigned long long)host->grow, (unsigned long long)host->max,
           (unsigned long long)synthetic_ple_host_distance(host, 0), (unsigned long long)host->tick_tsc,
           (unsigned long long)host->chance_tsc, gap->first.verdict, window->first.verdict,
           (unsigned long long)gap->gap_tsc.low, (unsigned long long)gap->gap_tsc.high,
           (unsigned long long)window->first.time_tsc.low, (unsigned long long)window->first.time_tsc.high,
           (unsigned long long)window->first.count.low, (unsigned long long)window->first.count.high,
           window->first.agree, window->first.longer, window->first.loops, window->first.control_longer, window->unit,
           window->distances, window->levels.count, window->levels.growth,
           (unsigned long long)window->levels.growth_by);
}

static void judge_window(const struct synthetic_ple_host *host, const struct ple_window *window, struct tally *tally,
                         enum score *whole)
{
    enum score growth = score_growth(host, window);
    enum score reset = score_reset(host, window);
    enum score unit = score_unit(host, window);
    enum score max = score_max(host, window);

    tally->visible++;
    tally->unit[unit]++;
    tally->growth[growth]++;
    tally->max[max]++;
    tally->reset[reset]++;
    *whole = worse(*whole, worse(score_base(host, window), unit));
    /* Three windows, of which one may be the maximum, show no rule: not to know it is no fault. */
    if (growth == WRONG || (growth == DONT_KNOW && distinct_windows(host) >= 4))
        *whole = worse(*whole, growth);
    if (max == WRONG || reset == WRONG)
        *whole = WRONG;
}

static void judge_host(uint64_t seed, struct tally *tally)
{
    static struct ple_loop loops[PLE_LOOPS_MAX];
    struct synthetic_ple_host host;
    struct ple_gap gap;
    struct ple_window window;
    enum score whole, base;
    uint32_t count;

    synthetic_ple_host_choose(&host, seed);
    count = take_series(&host, ple_gap_next, loops);
    ple_gap_infer(loops, count, &gap);
    tally->loops_most = count > tally->loops_most ? count : tally->loops_most;
    count = take_series(&host, ple_window_next, loops);
    ple_window_infer(loops, count, &window);
    tally->loops_most = count > tally->loops_most ? count : tally->loops_most;
    whole = score_gap(&host, &gap);
    tally->gap[whole]++;
    if (window.first.verdict != PLE_FOUND || invisible(&host)) {
        base = score_absence(&host, &window.first);
        whole = worse(whole, base);
    } else {
        base = score_base(&host, &window);
        judge_window(&host, &window, tally, &whole);
    }
    tally->window[base]++;
    tally->whole[whole]++;
    if (whole != RIGHT)
        explain(seed, whole == WRONG ? "wrong" : "don't know", &host, &gap, &window);
}

static void print_line(const char *what, const unsigned *scores)
{
    printf("# %-28s %4u right, %4u don't know, %4u wrong\n", what, scores[RIGHT], scores[DONT_KNOW], scores[WRONG]);
}

/*
 * KVM's defaults on an Intel processor whose PAUSE takes 140 cycles, at any noise; half of them leave the PAUSE out of
 * the gap.
 */
static void choose_long_pause(struct synthetic_ple_host *host, uint64_t seed)
{
    synthetic_ple_host_choose(host, seed);
    host->on = true;
    host->counts = false;
    host->gap_tsc = 128;
    host->base = host->window = 4096;
    host->grow = 2;
    host->shrink = 0;
    host->max = UINT32_MAX;
    host->pause_tsc = prng_range(&host->prng, 135, 145);
    host->gap_skips_pause = seed % 2;
}

static enum score score_setting(const struct synthetic_ple_host *host, const struct ple_gap *gap)
{
    if (gap->first.verdict != PLE_FOUND || invisible(host))
        return score_absence(host, &gap->first);
    if (gap->verdict != PLE_FOUND)
        return DONT_KNOW;
    return gap->has_end && gap->setting_tsc.low <= host->gap_tsc + 2 * host->jitter_tsc &&
                   host->gap_tsc <= gap->setting_tsc.high
               ? RIGHT
               : WRONG;
}

static void judge_long_pauses(uint64_t first)
{
    static struct ple_loop loops[PLE_LOOPS_MAX];
    unsigned setting[SCORES] = {0}, named_wrong = 0, shown = 0;

    for (uint64_t seed = first; seed < first + HOSTS; seed++) {
        struct synthetic_ple_host host;
        struct ple_gap gap;
        uint32_t count;

        choose_long_pause(&host, seed);
        count = take_series(&host, ple_gap_next, loops);
        ple_gap_infer(loops, count, &gap);
        setting[score_setting(&host, &gap)]++;
        shown += gap.verdict == PLE_FOUND;
        named_wrong += gap.verdict == PLE_FOUND && gap.is_exact && !near(ple_range_middle(gap.gap_tsc), host.gap_tsc);
    }
    print_line("gap of 128, PAUSE of 140", setting);
    printf("# of %u a gap was found, and named exactly but wrongly of %u\n", shown, named_wrong);
    TAP_OK(setting[RIGHT] >= HOSTS * 95 / 100, "long_pause_setting_of_95_percent_within_its_bounds");
    TAP_OK(shown >= HOSTS * 2 / 5, "long_pause_gap_found_where_the_pause_does_not_count");
    TAP_INT(setting[WRONG] + named_wrong, 0, "long_pause_no_wrong_gap");
}

int main(void)
{
    struct tally tally = {0};

    uint64_t first = getenv("PLE_FIRST_SEED") ? strtoull(getenv("PLE_FIRST_SEED"), NULL, 0) : 1;

    for (uint64_t seed = first; seed < first + HOSTS; seed++)
        judge_host(seed, &tally);
    print_line("gap", tally.gap);
    print_line("first window", tally.window);
    printf("# of the %u where exits can show and were found:\n", tally.visible);
    print_line("time or count", tally.unit);
    print_line("growth", tally.growth);
    print_line("maximum", tally.max);
    print_line("what a rest does", tally.reset);
    print_line("all of a host", tally.whole);
    printf("# at most %u loops in a series\n", tally.loops_most);
    TAP_OK(tally.visible >= HOSTS / 2, "exits_show_on_half_of_the_hosts");
    TAP_OK(tally.gap[RIGHT] >= HOSTS * 95 / 100, "gap_of_95_percent_within_a_tenth");
    TAP_OK(tally.gap[WRONG] <= HOSTS / 100, "gap_wrong_at_most_1_percent");
    TAP_OK(tally.window[RIGHT] >= HOSTS * 95 / 100, "window_of_95_percent_within_a_tenth");
    TAP_OK(tally.window[WRONG] <= HOSTS / 100, "window_wrong_at_most_1_percent");
    TAP_OK(tally.whole[RIGHT] >= HOSTS * 95 / 100, "whole_host_of_95_percent");
    TAP_OK(tally.whole[WRONG] <= HOSTS / 100, "whole_host_wrong_at_most_1_percent");
    judge_long_pauses(first);
    return tap_done();
}
