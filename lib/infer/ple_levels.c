/* SPDX-License-Identifier: MIT */
#include "lib/infer/ple_levels.h"

enum {
    SUPPORT_LEAST = 3,
    ABOVE_SHARE = 4,
    CLEAR_SHARE = 8, /* some stretches without PAUSE must be longer by this share */
    FIT_LEAST = 2,   /* two windows fit any rule, and the second one may be the maximum */
    TIMES_MAX = 16,
};

struct ple_range ple_stretch_range(const struct ple_stretch *stretch, enum ple_unit unit)
{
    return unit == PLE_UNIT_COUNT ? ple_stretch_count(stretch) : ple_stretch_time(stretch);
}

/*
 * The first stretch after the last level's exit; NULL: the loop does not get there. The host ended a stretch that is
 * shorter than its level's window: the window then stays, or begins at the base and grows to the level again. A longer
 * one contradicts.
 */
static const struct ple_stretch *behind_levels(const struct ple_loop *loop, enum ple_unit unit,
                                               const struct ple_levels *levels)
{
    uint32_t level = 0;

    if (!loop->pause || loop->filler || loop->rests < PLE_RESTS)
        return NULL;
    for (uint32_t i = 0; i < loop->stretch_count; i++) {
        struct ple_range range = ple_stretch_range(&loop->stretches[i], unit);

        if (level == levels->count)
            return &loop->stretches[i];
        if (!loop->stretches[i].long_tsc || range.low > levels->windows[level].high)
            return NULL;
        level += range.high >= levels->windows[level].low;
    }
    return NULL;
}

/*
 * Stretches without PAUSE, anywhere in a loop, that were clear for longer. Where there are none, it may be the host's
 * own tick that ends a stretch after the same time again and again.
 */
static uint32_t control_longer(const struct ple_loop *loops, uint32_t count, uint64_t tsc)
{
    uint32_t longer = 0;

    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; !loops[i].pause && k < loops[i].stretch_count; k++)
            longer += loops[i].stretches[k].tsc > tsc;
    return longer;
}

/* The next level, where enough loops agree and few stay clear for longer. */
static bool add_level(const struct ple_loop *loops, uint32_t count, enum ple_unit unit, struct ple_levels *levels)
{
    struct ple_range ranges[PLE_LOOPS_MAX];
    uint32_t candidates = 0, longer = 0;
    uint64_t in_level_tsc = 0;
    struct ple_vote vote;

    for (uint32_t i = 0; i < count; i++) {
        const struct ple_stretch *next = behind_levels(&loops[i], unit, levels);

        if (next && next->long_tsc)
            ranges[candidates++] = ple_stretch_range(next, unit);
    }
    if (candidates < SUPPORT_LEAST)
        return false;
    vote = ple_vote(ranges, candidates);
    for (uint32_t i = 0; i < count; i++) {
        const struct ple_stretch *next = behind_levels(&loops[i], unit, levels);

        if (!next)
            continue;
        longer += ple_stretch_range(next, unit).low > vote.range.high;
        if (!ple_range_empty(ple_range_meet(ple_stretch_range(next, unit), vote.range)) && next->tsc > in_level_tsc)
            in_level_tsc = next->tsc;
    }
    if (vote.support < SUPPORT_LEAST || longer * ABOVE_SHARE > vote.support ||
        control_longer(loops, count, in_level_tsc + in_level_tsc / CLEAR_SHARE) < SUPPORT_LEAST ||
        vote.range.high < levels->windows[levels->count - 1].low) /* the rest of the time until a tick */
        return false;
    levels->windows[levels->count++] = vote.range;
    return true;
}

/* Finds the last levels that are all the same: from the second on a maximum, from the first no growth. */
static uint32_t find_plateau(struct ple_levels *levels)
{
    uint32_t first = levels->count - 1;
    struct ple_range meet = levels->windows[first];

    while (first && !ple_range_empty(ple_range_meet(meet, levels->windows[first - 1]))) {
        meet = ple_range_meet(meet, levels->windows[first - 1]);
        first--;
    }
    if (first && first < levels->count - 1) {
        levels->has_max = true;
        levels->max = meet;
    }
    if (!first && levels->count > 1)
        levels->base = meet;
    return first;
}

/* The base from which factor `times` gives every level; empty: there is none. */
static struct ple_range fit_times(const struct ple_levels *levels, uint32_t last, uint64_t times)
{
    struct ple_range base = levels->windows[0];
    uint64_t power = 1;

    for (uint32_t i = 1; i <= last; i++) {
        power *= times;
        base = ple_range_meet(
            base, (struct ple_range){(levels->windows[i].low + power - 1) / power, levels->windows[i].high / power});
    }
    return base;
}

/* The sum that is added each time; empty: there is none. */
static struct ple_range fit_plus(const struct ple_levels *levels, uint32_t last)
{
    struct ple_range plus = {levels->windows[0].low, UINT64_MAX}; /* smaller modifiers multiply */

    for (uint32_t i = 1; i <= last; i++) {
        for (uint32_t k = 0; k < i; k++) {
            const struct ple_range *from = &levels->windows[k], *to = &levels->windows[i];
            struct ple_range step = {to->low > from->high ? (to->low - from->high) / (i - k) : 0,
                                     to->high > from->low ? (to->high - from->low) / (i - k) : 0};

            plus = ple_range_meet(plus, step);
        }
    }
    return plus;
}

/* True where the rule would have passed the maximum at the level where growth stops. */
static bool reaches_max(const struct ple_levels *levels, uint32_t last, uint64_t next)
{
    return !levels->has_max || last + 2 > levels->count || next >= levels->max.low;
}

/* `last` is the last level that still grew by the rule. */
static void fit(struct ple_levels *levels, uint32_t last)
{
    struct ple_range plus = fit_plus(levels, last), base = {1, 0};
    uint64_t times = 1, fitting = 0, by = 0;
    bool adds = !ple_range_empty(plus) && reaches_max(levels, last, levels->windows[last].high + plus.high);

    while (times++ < TIMES_MAX) {
        struct ple_range one = fit_times(levels, last, times);

        if (ple_range_empty(one) || !reaches_max(levels, last, levels->windows[last].high * times))
            continue;
        base = one;
        by = times;
        fitting++;
    }
    if (fitting + adds != 1)
        return;
    levels->growth = adds ? PLE_GROWTH_PLUS : PLE_GROWTH_TIMES;
    levels->growth_by = adds ? ple_range_middle(plus) : by;
    if (!adds)
        levels->base = base;
}

void ple_levels_infer(const struct ple_loop *loops, uint32_t count, enum ple_unit unit, struct ple_range base,
                      struct ple_levels *levels)
{
    uint32_t plateau;

    *levels = (struct ple_levels){.count = 1, .windows = {base}, .base = base};
    while (levels->count < PLE_LEVELS_MAX && add_level(loops, count, unit, levels))
        ;
    plateau = find_plateau(levels);
    if (!plateau && levels->count > 1)
        levels->growth = PLE_GROWTH_NONE;
    else if (levels->has_max && plateau > 1)
        fit(levels, plateau - 1);
    /* The last levels may be the maximum, or the rest of the time until a tick; which one is unknown. */
    while (!levels->has_max && plateau >= FIT_LEAST && levels->growth == PLE_GROWTH_UNKNOWN)
        fit(levels, plateau--);
}

static uint64_t grow(const struct ple_levels *levels, uint64_t window)
{
    if (levels->growth == PLE_GROWTH_TIMES)
        window *= levels->growth_by;
    if (levels->growth == PLE_GROWTH_PLUS)
        window += levels->growth_by;
    return levels->has_max && window > levels->max.high ? levels->max.high : window;
}

struct ple_range ple_levels_window(const struct ple_levels *levels, uint32_t exits)
{
    struct ple_range window = levels->windows[levels->count - 1];

    if (exits < levels->count)
        return levels->windows[exits];
    if (exits > PLE_STRETCHES_MAX || levels->growth == PLE_GROWTH_UNKNOWN)
        return (struct ple_range){1, 0};
    for (uint32_t i = levels->count; i <= exits; i++)
        window = (struct ple_range){grow(levels, window.low), grow(levels, window.high)};
    return window;
}
