/* SPDX-License-Identifier: MIT */
#include "lib/infer/ple_base.h"

enum {
    NEARLY = 3, /* quarters of all votes */
    NEARLY_OF = 4,
    STEPS_LEAST = 3,   /* a shorter stretch is the start of the loop, not a window */
    LONGER_SHARE = 4,  /* longer stretches: at most a quarter of those that agree */
    CONTROL_SHARE = 3, /* without PAUSE the share of longer ones is at least a third of the share that agrees */
    SAME_SHARE = 4,    /* at most a quarter as many without PAUSE end where the others agree: else a timer ends both */
    AGREE_SHARE = 5,   /* of all loops a fifth must agree: by chance a few of fifty do */
    QUIET_LOOPS = 6,   /* of 8 loops not disturbed at all */
    QUIET_OF = 8,
    LOOK_AFTER = 16, /* loops after which some stretches must agree */
    AGREE_FIRST = 3,
};

/* Counts the ranges that contain the point. */
static struct ple_vote vote_at(const struct ple_range *ranges, uint32_t count, uint64_t point)
{
    struct ple_vote vote = {0, 0, {0, UINT64_MAX}};

    for (uint32_t i = 0; i < count; i++) {
        if (ranges[i].low > point || point > ranges[i].high)
            continue;
        vote.range = ple_range_meet(vote.range, ranges[i]);
        vote.support++;
    }
    return vote;
}

/*
 * Something else may end a stretch just short of the window and cut the common range: so this takes not the point with
 * the most votes, but the highest one that has nearly as many.
 */
struct ple_vote ple_vote(const struct ple_range *ranges, uint32_t count)
{
    struct ple_vote best = {0, 0, {1, 0}};
    uint32_t most = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t support = vote_at(ranges, count, ranges[i].low).support;

        most = support > most ? support : most;
    }
    for (uint32_t i = 0; i < 2 * count; i++) {
        uint64_t point = i < count ? ranges[i].low : ranges[i - count].high + 1;
        struct ple_vote vote = vote_at(ranges, count, point);

        if (vote.support * NEARLY_OF >= most * NEARLY && vote.range.low > best.range.low)
            best = vote;
    }
    for (uint32_t i = 0; i < count; i++)
        best.above += ranges[i].low > best.range.high;
    return best;
}

static bool belongs(const struct ple_loop *loop, bool pause, uint32_t filler)
{
    return loop->pause == pause && loop->filler == filler && !loop->break_filler && loop->rests >= PLE_RESTS &&
           loop->stretch_count;
}

/* Collects first stretches with PAUSE: those that something ended are candidates, all show how long no exit came. */
static uint32_t collect(const struct ple_loop *loops, uint32_t count, uint32_t filler, struct ple_base *base,
                        struct ple_range *times, struct ple_range *counts)
{
    uint64_t distances_tsc = 0;
    uint32_t candidates = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct ple_stretch *first = &loops[i].stretches[0];

        if (!belongs(&loops[i], true, filler))
            continue;
        base->loops++;
        distances_tsc += ple_loop_distance_tsc(&loops[i]);
        base->clear_tsc = first->tsc > base->clear_tsc ? first->tsc : base->clear_tsc;
        base->clear_count = first->count > base->clear_count ? first->count : base->clear_count;
        if (first->long_tsc && first->count >= STEPS_LEAST) {
            times[candidates] = ple_stretch_time(first);
            counts[candidates++] = ple_stretch_count(first);
        }
    }
    base->distance_tsc = base->loops ? distances_tsc / base->loops : 0;
    return candidates;
}

/* The least distance from step to step: a disturbance makes steps longer, never shorter. UINT64_MAX: no such loop. */
static uint64_t least_distance_tsc(const struct ple_loop *loops, uint32_t count, bool pause, uint32_t filler)
{
    uint64_t least_tsc = UINT64_MAX;

    for (uint32_t i = 0; i < count; i++) {
        uint64_t distance_tsc = ple_loop_distance_tsc(&loops[i]);

        if (belongs(&loops[i], pause, filler) && distance_tsc && distance_tsc < least_tsc)
            least_tsc = distance_tsc;
    }
    return least_tsc;
}

static uint64_t pause_tsc(const struct ple_loop *loops, uint32_t count, uint32_t filler)
{
    uint64_t with_tsc = least_distance_tsc(loops, count, true, filler);
    uint64_t without_tsc = least_distance_tsc(loops, count, false, filler);

    return with_tsc != UINT64_MAX && with_tsc > without_tsc ? with_tsc - without_tsc : 0;
}

static void count_longer(const struct ple_loop *loops, uint32_t count, uint32_t filler, struct ple_base *base)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct ple_stretch *first = &loops[i].stretches[0];

        if (belongs(&loops[i], true, filler))
            base->longer +=
                ple_stretch_time(first).low > base->time_tsc.high && ple_stretch_count(first).low > base->count.high;
        if (belongs(&loops[i], false, filler)) {
            base->control_loops++;
            base->control_longer += first->tsc > base->time_tsc.high;
            base->control_same +=
                first->long_tsc && !ple_range_empty(ple_range_meet(ple_stretch_time(first), base->time_tsc));
        }
    }
}

static enum ple_verdict judge(const struct ple_base *base)
{
    if (base->agree >= PLE_AGREE_LEAST && base->longer * LONGER_SHARE <= base->agree &&
        (uint64_t)base->control_longer * CONTROL_SHARE * base->loops >= (uint64_t)base->agree * base->control_loops &&
        base->control_longer && base->control_same * SAME_SHARE <= base->agree &&
        base->agree * AGREE_SHARE >= base->loops)
        return PLE_FOUND;
    if (base->clear_tsc < PLE_CLEAR_LEAST_TSC)
        return PLE_UNKNOWN;
    if (base->clear_count < PLE_CLEAR_LEAST_COUNT && base->distance_tsc < PLE_FAR_TSC)
        return PLE_UNKNOWN;
    return PLE_NONE;
}

void ple_base_infer(const struct ple_loop *loops, uint32_t count, uint32_t filler, struct ple_base *base)
{
    struct ple_range times[PLE_LOOPS_MAX], counts[PLE_LOOPS_MAX];
    struct ple_vote by_time = {.range = {1, 0}}, by_count = {.range = {1, 0}};
    uint32_t candidates;

    *base = (struct ple_base){.verdict = PLE_UNKNOWN};
    candidates = collect(loops, count, filler, base, times, counts);
    if (candidates) {
        by_time = ple_vote(times, candidates);
        by_count = ple_vote(counts, candidates);
    }
    base->agree = by_time.support > by_count.support ? by_time.support : by_count.support;
    base->time_tsc = by_time.range;
    base->count = by_count.range;
    count_longer(loops, count, filler, base);
    base->pause_tsc = pause_tsc(loops, count, filler);
    base->verdict = judge(base);
}

/* Counts the loops with PAUSE whose first stretch lasted until their end. */
static uint32_t quiet(const struct ple_loop *loops, uint32_t count)
{
    uint32_t quiet = 0;

    for (uint32_t i = 0; i < count; i++)
        quiet += belongs(&loops[i], true, 0) && !loops[i].stretches[0].long_tsc;
    return quiet;
}

static bool answered(const struct ple_loop *loops, uint32_t count)
{
    struct ple_base base;

    ple_base_infer(loops, count, 0, &base);
    if (base.control_loops < base.loops)
        return false;
    if (base.loops >= PLE_BASE_LOOPS_MAX)
        return true;
    if (base.verdict == PLE_FOUND && base.agree >= PLE_AGREE_ENOUGH)
        return true;
    if (base.loops >= QUIET_OF && quiet(loops, count) >= QUIET_LOOPS)
        return true;
    return base.loops >= LOOK_AFTER && (base.agree < AGREE_FIRST || base.longer * LONGER_SHARE > base.agree);
}

bool ple_base_next(const struct ple_loop *loops, uint32_t count, uint64_t limit_tsc, struct ple_loop *next)
{
    if (count >= PLE_LOOPS_MAX || answered(loops, count))
        return false;
    *next = (struct ple_loop){
        .pause = count % 2 == 0, .rests = PLE_RESTS, .stretch_limit = PLE_STRETCHES_MAX, .limit_tsc = limit_tsc};
    return true;
}
