/* SPDX-License-Identifier: MIT */
/*
 * What a wake costs at one point of a sweep, and over its points up to a limit; how two sweeps differ there, and how
 * many wakes are slow there although most are fast.
 */
#include "experiments/haltpoll/parts.h"
#include "lib/quantile.h"
#include "lib/stats.h"

/*
 * Bursts of a neighbour slow half of the wakes at some points, polling nearly none and its absence nearly all. A
 * neighbour in step with the passes slows the sweep that chance puts there: three quarters of 30 once in 100.
 */
enum { ON_PERCENT = 75, OFF_PERCENT = 25, MOVED_PERCENT = 120 };

/* Of what a sleep's wake costs: one that costs less, in a halt shorter than the next ones, was no sleep. */
enum { AWAKE_PERCENT = 75, AWAKE_LEAST = 8, SLEEPS_LEAST = 6 };

/* A halt whose whole time is longer than the shortest one's by no such part ended by an event that was there before. */
enum { PENDING_PART = 4 };

/* The halt that stands for a point: this part of its latencies is less. A single early one says nothing of the host. */
enum { STAND_PART = 8 };

/* How long one point's halts last before their event: what was asked for less the arming. Some; they are sorted. */
static uint64_t length_ns(const struct step *step, const struct haltpoll_point *point)
{
    return haltpoll_ns(step, point->silent_tsc[point->count / 2]);
}

/* The median of one point's kept latencies in ns, which are sorted; 0 where there are none. */
static uint64_t median_ns(const struct step *step, const struct haltpoll_point *point)
{
    if (!point->count)
        return 0;
    return haltpoll_ns(step, quantile_of_sorted(point->latency_tsc, point->count, QUANTILE_ONE / 2).value);
}

uint64_t haltpoll_empty_ns(const struct step *step)
{
    const struct haltpoll *hp = step->state;

    return hp->empty.plain.count ? haltpoll_ns(step, hp->empty.plain.min_tsc) : 0;
}

uint64_t haltpoll_entry_ns(const struct step *step)
{
    const struct haltpoll *hp = step->state;

    return hp->sleeps_from_ns ? hp->sleeps_from_ns : haltpoll_empty_ns(step);
}

uint64_t haltpoll_level_ns(const struct step *step, const struct haltpoll_sweeps *sweeps, uint32_t sweep,
                           uint64_t limit_ns)
{
    int64_t medians[KNEE_POINTS_MAX];
    size_t count = 0;

    for (uint32_t i = 0; i < sweeps->point_count; i++) {
        const struct haltpoll_point *point = &sweeps->sweep_list[sweep].points[i];

        if (point->count && length_ns(step, point) <= limit_ns)
            medians[count++] = (int64_t)median_ns(step, point);
    }
    stats_sort(medians, count);
    return count ? (uint64_t)medians[count / 2] : 0;
}

uint64_t haltpoll_sleeps_from_ns(const struct step *step, const struct haltpoll_sweeps *sweeps, uint64_t most_ns)
{
    uint64_t level_ns = haltpoll_level_ns(step, sweeps, 1, UINT64_MAX), from_ns = 0;
    uint32_t sleeps = 0;

    for (uint32_t i = sweeps->point_count; i-- > 0;) {
        const struct haltpoll_point *point = &sweeps->sweep_list[1].points[i];

        if (!point->count)
            continue;
        if (median_ns(step, point) * 100 < level_ns * AWAKE_PERCENT)
            return point->count >= AWAKE_LEAST && sleeps >= SLEEPS_LEAST && from_ns < most_ns ? from_ns : 0;
        from_ns = length_ns(step, point);
        sleeps++;
    }
    return 0;
}

/* Halts that all take one time: an event that comes in one of them is there before the host looks for it. */
struct plateau {
    uint64_t first_ns, whole_ns;
};

static bool is_of(const struct plateau *plateau, uint64_t at_ns, uint64_t whole_ns)
{
    return plateau->whole_ns && whole_ns <= plateau->whole_ns + (at_ns - plateau->first_ns) / PENDING_PART;
}

uint64_t haltpoll_enters_by_ns(const struct step *step, const struct haltpoll_sweeps *sweeps, uint64_t most_ns,
                               uint64_t *after_ns)
{
    struct plateau pending = {0}, next = {0};
    uint64_t by_ns = 0;

    *after_ns = 0;
    for (uint32_t i = 0; i < sweeps->point_count; i++) {
        const struct haltpoll_point *point = &sweeps->sweep_list[0].points[i];
        uint64_t at_ns, whole_ns;

        if (point->count < AWAKE_LEAST)
            continue;
        at_ns = length_ns(step, point);
        if (at_ns >= most_ns)
            break;
        whole_ns = at_ns + haltpoll_ns(step, point->latency_tsc[(point->count - 1) / STAND_PART]);
        if (!pending.whole_ns) {
            pending = (struct plateau){at_ns, whole_ns};
        } else if (is_of(&pending, at_ns, whole_ns)) {
            *after_ns = at_ns;
            next = (struct plateau){0};
            by_ns = 0;
        } else if (is_of(&next, at_ns, whole_ns)) {
            by_ns = 0; /* the host looks a second time; its poll's clock may have started before */
        } else if (!by_ns) {
            next = (struct plateau){at_ns, whole_ns};
            by_ns = at_ns;
        }
    }
    return by_ns;
}

/* A quantile of one point's kept latencies, which are sorted. */
static int64_t part_tsc(const struct haltpoll_point *point, uint32_t percent)
{
    return point->latency_tsc[(uint64_t)(point->count - 1) * percent / 100];
}

void haltpoll_compare(const struct step *step, const struct haltpoll_sweeps *sweeps, uint64_t from_ns,
                      uint64_t limit_ns, struct haltpoll_moved *moved)
{
    *moved = (struct haltpoll_moved){0};
    for (uint32_t i = 0; i < sweeps->point_count; i++) {
        const struct haltpoll_point *on = &sweeps->sweep_list[0].points[i], *off = &sweeps->sweep_list[1].points[i];

        if (!on->count || !off->count || length_ns(step, on) > limit_ns || length_ns(step, off) < from_ns)
            continue;
        moved->points++;
        moved->moved += part_tsc(off, OFF_PERCENT) * 100 >= part_tsc(on, ON_PERCENT) * MOVED_PERCENT;
        moved->clean += on->count >= AWAKE_LEAST && off->count >= AWAKE_LEAST &&
                        part_tsc(off, 0) * 100 >= part_tsc(on, 100) * MOVED_PERCENT;
    }
}

int64_t haltpoll_slow_ns(const struct knee *knee)
{
    int64_t middle_ns = (knee->before + knee->after) / 2, raised_ns = knee->before + knee->before / 2;

    return middle_ns < raised_ns ? middle_ns : raised_ns;
}

uint32_t haltpoll_slow_percent(const struct step *step, const struct haltpoll_sweeps *sweeps, const struct knee *knee)
{
    uint64_t limit_ns = knee->low / 4 * 3, slow = 0, all = 0;

    for (uint32_t i = 0; i < sweeps->point_count; i++) {
        const struct haltpoll_point *point = &sweeps->sweep_list[0].points[i];

        if (!point->count)
            continue;
        if (length_ns(step, point) > limit_ns)
            break;
        all += point->count;
        for (uint32_t k = 0; k < point->count; k++)
            slow += (int64_t)haltpoll_ns(step, point->latency_tsc[k]) >= haltpoll_slow_ns(knee);
    }
    return all ? (uint32_t)(slow * 100 / all) : 0;
}
