/* SPDX-License-Identifier: MIT */
#include "lib/infer/ple_window.h"

enum {
    DISTANCES = 7,
    LOOPS_EACH_MAX = 14, /* at each distance */
    PAIRS = 10,
    LIMIT_WINDOWS = 3, /* of a loop that looks for the first window again */
    AGREE_LEAST = 3,
    LONGER_LEAST = 3,
    LONGER_SHARE = 4,
    DIVIDE_MAX = 4,
};

/* Filler rounds of each distance, in thirty-seconds of the nearest distance. */
static const uint8_t filler_share[DISTANCES] = {0, 1, 3, 6, 12, 20, 32};

static uint32_t filler_of(const struct ple_base *first, unsigned index)
{
    return (uint32_t)(first->distance_tsc * filler_share[index] / 32 + 1 + index);
}

static uint32_t count_far(const struct ple_loop *loops, uint32_t count)
{
    uint32_t far = 0;

    for (uint32_t i = 0; i < count; i++)
        far += loops[i].filler != 0;
    return far;
}

static uint32_t count_short_rests(const struct ple_loop *loops, uint32_t count)
{
    uint32_t rests = 0;

    for (uint32_t i = 0; i < count; i++)
        rests += loops[i].rests < PLE_RESTS;
    return rests;
}

/* Farther PAUSEs: the first window only. False: enough loops were taken. */
static bool ask_far(const struct ple_loop *loops, uint32_t count, const struct ple_base *first, struct ple_loop *next)
{
    for (unsigned i = 0; i < DISTANCES; i++) {
        uint32_t filler = filler_of(first, i);
        struct ple_base far;

        ple_base_infer(loops, count, filler, &far);
        if (far.agree > AGREE_LEAST || far.longer >= LONGER_LEAST || far.loops >= LOOPS_EACH_MAX)
            continue;
        *next = (struct ple_loop){.pause = true,
                                  .filler = filler,
                                  .rests = PLE_RESTS,
                                  .stretch_limit = 1,
                                  .limit_tsc = first->time_tsc.high * LIMIT_WINDOWS,
                                  .least_count = first->count.high * LIMIT_WINDOWS};
        return true;
    }
    return false;
}

bool ple_window_next(const struct ple_loop *loops, uint32_t count, uint64_t limit_tsc, struct ple_loop *next)
{
    uint32_t rests = count_short_rests(loops, count);
    struct ple_base first;

    if (!count_far(loops, count) && ple_base_next(loops, count, limit_tsc, next))
        return true;
    ple_base_infer(loops, count, 0, &first);
    if (first.verdict != PLE_FOUND || count >= PLE_LOOPS_MAX || rests >= PAIRS)
        return false;
    if (!rests && ask_far(loops, count, &first, next))
        return true;
    *next = (struct ple_loop){
        .pause = true, .rests = PLE_RESTS, .stretch_limit = PLE_RESET_STRETCHES, .limit_tsc = limit_tsc};
    if (loops[count - 1].filler == 0 && loops[count - 1].rests == PLE_RESTS) {
        next->rests = 1;
        next->stretch_limit = 1;
    }
    return true;
}

/* The first window at every distance at which it shows, as a time and as a count. */
static void compare_distances(const struct ple_loop *loops, uint32_t count, struct ple_window *window,
                              struct ple_range *time_tsc, struct ple_range *pauses)
{
    *time_tsc = window->first.time_tsc;
    *pauses = window->first.count;
    window->distances = 1;
    for (unsigned i = 0; i < DISTANCES; i++) {
        struct ple_base far;

        ple_base_infer(loops, count, filler_of(&window->first, i), &far);
        if (far.agree < AGREE_LEAST || far.longer * LONGER_SHARE > far.agree)
            continue;
        window->distances++;
        *time_tsc = ple_range_meet(*time_tsc, far.time_tsc);
        *pauses = ple_range_meet(*pauses, far.count);
    }
}

/* How many exits by PLE the first loop of a pair ended with; 0: something else came between. */
static uint32_t exits_of(const struct ple_window *window, const struct ple_loop *loop)
{
    for (uint32_t i = 0; i < loop->stretch_count; i++) {
        struct ple_range seen = ple_stretch_range(&loop->stretches[i], window->unit);

        if (!loop->stretches[i].long_tsc ||
            ple_range_empty(ple_range_meet(seen, ple_levels_window(&window->levels, i))))
            return 0;
    }
    return loop->stretch_count;
}

/* What the window was divided by: 0 down to the base, 1 not at all, else the divisor. */
static bool divided_by(const struct ple_window *window, uint32_t exits, struct ple_range seen, uint32_t *by)
{
    struct ple_range grown = ple_levels_window(&window->levels, exits);
    uint32_t fitting = 0;

    if (ple_range_empty(grown))
        return false;
    for (uint32_t i = 0; i <= DIVIDE_MAX; i++) {
        struct ple_range one = window->levels.windows[0];

        if (i && grown.high / i >= one.high) /* else it would end at the base as well */
            one = (struct ple_range){grown.low / i, grown.high / i + 1};
        if (ple_range_empty(ple_range_meet(seen, one)))
            continue;
        *by = i;
        fitting++;
    }
    return fitting == 1;
}

static void infer_reset(const struct ple_loop *loops, uint32_t count, struct ple_window *window)
{
    uint32_t votes[DIVIDE_MAX + 1] = {0}, best = 0;

    for (uint32_t i = 1; i < count; i++) {
        uint32_t exits, by;

        if (loops[i].rests >= PLE_RESTS || !loops[i].stretch_count || !loops[i].stretches[0].long_tsc)
            continue;
        exits = exits_of(window, &loops[i - 1]);
        if (!exits || !divided_by(window, exits, ple_stretch_range(&loops[i].stretches[0], window->unit), &by))
            continue;
        votes[by]++;
        window->reset_tries++;
    }
    for (uint32_t i = 1; i <= DIVIDE_MAX; i++)
        best = votes[i] > votes[best] ? i : best;
    window->reset_agree = votes[best];
    if (votes[best] < AGREE_LEAST || votes[best] * 3 < window->reset_tries * 2)
        return;
    window->reset = best == 0 ? PLE_RESET_TO_BASE : best == 1 ? PLE_RESET_KEEPS : PLE_RESET_DIVIDES;
    window->reset_by = best;
}

void ple_window_infer(const struct ple_loop *loops, uint32_t count, struct ple_window *window)
{
    struct ple_range time_tsc, pauses, base;

    *window = (struct ple_window){.unit = PLE_UNIT_UNKNOWN};
    ple_base_infer(loops, count, 0, &window->first);
    if (window->first.verdict != PLE_FOUND)
        return;
    compare_distances(loops, count, window, &time_tsc, &pauses);
    base = window->first.time_tsc;
    if (ple_range_empty(pauses) && !ple_range_empty(time_tsc)) {
        window->unit = PLE_UNIT_TIME;
        base = time_tsc;
    } else if (ple_range_empty(time_tsc) && !ple_range_empty(pauses)) {
        window->unit = PLE_UNIT_COUNT;
        base = pauses;
    }
    ple_levels_infer(loops, count, window->unit, base, &window->levels);
    if (window->levels.growth != PLE_GROWTH_NONE)
        infer_reset(loops, count, window);
}
