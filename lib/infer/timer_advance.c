/* SPDX-License-Identifier: MIT */
#include "lib/infer/timer_advance.h"

#include "lib/stats.h"

enum {
    LEARN_PART = 8,        /* of the error, at each expiry */
    SWING_LEAST_NS = 1000, /* of KVM's 4000, with the noise on both */
    SWING_MOST_NS = 6000,
    RISE_PERCENT = 55, /* of the swing: the advance begins anew */
    RISES_LEAST = 4,
    PERIOD_LEAST = 3,
    PERIOD_MOST = 40,
    ALIKE_PERCENT = 70,  /* of the rises' tops lie together, and of the lengths between them */
    MISS_PART = 6,       /* of the swing: the rule tells the next wake in half of all cases to that */
    CURVE_PERCENT = 130, /* of the falls in the lower half: those in the upper one */
    SMALL_PART = 66,     /* of the swing: smaller falls in the lower half are none */
    STEEP_PERCENT = 40,  /* of the swing: no learning falls so far at once */
    STEEP_MOST = 10,     /* percent of the falls may, by what a host keeps back */
    NEAR_NS = 250,       /* the swing is KVM's own but for the step that would pass its end */
    ENDS_NEAR_NS = 400,  /* upper and lower falls lead to one end */
};

enum what { TOPS, BOTTOMS, LENGTHS, ENDS, UPPER_ENDS, LOWER_ENDS, MISSES, FALLS, UPPER_FALLS, LOWER_FALLS };

struct wakes {
    const int64_t *late_ns;
    size_t count;
    int64_t low_ns, high_ns; /* 5th and 95th percentile: a host may keep some wakes back */
    int64_t end_ns;          /* where the learning ends: what is late with a perfect advance */
};

static bool is_rise(const struct wakes *wakes, size_t i)
{
    return (wakes->late_ns[i] - wakes->late_ns[i - 1]) * 100 > (wakes->high_ns - wakes->low_ns) * RISE_PERCENT;
}

/* Values of a kind from each pair of neighbours, those that the host kept back left out. Returns how many. */
static size_t collect(const struct wakes *wakes, enum what what, int64_t *values)
{
    int64_t most_ns = 2 * wakes->high_ns - wakes->low_ns;
    size_t n = 0, last = 0;

    for (size_t i = 1; i < wakes->count; i++) {
        int64_t now = wakes->late_ns[i], was = wakes->late_ns[i - 1], fall = was - now;
        bool upper = 2 * was > wakes->low_ns + wakes->high_ns;

        if (now > most_ns || was > most_ns)
            continue;
        if (is_rise(wakes, i) != (what <= LENGTHS))
            continue;
        if (what == TOPS || what == BOTTOMS)
            values[n++] = what == TOPS ? now : was;
        else if (what == ENDS || (what == UPPER_ENDS && upper) || (what == LOWER_ENDS && !upper))
            values[n++] = now - (LEARN_PART - 1) * fall;
        else if (what == MISSES)
            values[n++] = LEARN_PART * fall - (was - wakes->end_ns);
        else if (what == FALLS || (what >= UPPER_FALLS && upper == (what == UPPER_FALLS)))
            values[n++] = fall;
        if (what == LENGTHS && last)
            values[n++] = (int64_t)(i - last);
        last = i;
    }
    return n;
}

static int64_t median_of(const struct wakes *wakes, enum what what, int64_t *scratch)
{
    size_t n = collect(wakes, what, scratch);

    for (size_t i = 0; i < n && what == MISSES; i++)
        scratch[i] = (scratch[i] < 0 ? -scratch[i] : scratch[i]) / LEARN_PART;
    return n ? stats_sort_median(scratch, n) : 0;
}

/* Most values of that kind lie so near to their median. */
static bool are_alike(const struct wakes *wakes, enum what what, int64_t median, int64_t near, int64_t *scratch)
{
    size_t n = collect(wakes, what, scratch), alike = 0;

    for (size_t i = 0; i < n; i++)
        alike += scratch[i] >= median - near && scratch[i] <= median + near;
    return n + 1 >= RISES_LEAST && alike * 100 >= n * ALIKE_PERCENT;
}

/* Next to no fall goes most of the way at once, as where a host has two levels. */
static bool are_gradual(const struct wakes *wakes, int64_t swing_ns, int64_t *scratch)
{
    size_t n = collect(wakes, FALLS, scratch), steep = 0;

    for (size_t i = 0; i < n; i++)
        steep += scratch[i] * 100 > swing_ns * STEEP_PERCENT;
    return steep * 100 <= n * STEEP_MOST;
}

/* Falls are an eighth of what is left: larger above, and not yet nothing below. */
static bool are_curved(const struct wakes *wakes, int64_t swing_ns, int64_t *scratch)
{
    int64_t lower_ns = median_of(wakes, LOWER_FALLS, scratch);

    return lower_ns * SMALL_PART >= swing_ns &&
           median_of(wakes, UPPER_FALLS, scratch) * 100 >= lower_ns * CURVE_PERCENT;
}

/* KVM's advance grows from one fixed length to another, so the swing is their distance less a part of the last step. */
static bool is_whole(const struct wakes *wakes, const struct advance *found)
{
    int64_t swing_ns = found->high_ns - found->low_ns, step_ns = (found->low_ns - wakes->end_ns) / LEARN_PART,
            whole_ns = ADVANCE_MOST_NS - ADVANCE_FIRST_NS;

    return swing_ns <= whole_ns + NEAR_NS && swing_ns + step_ns >= whole_ns - NEAR_NS;
}

/* Falls by another part than an eighth lead elsewhere from above than from below. */
static bool have_one_end(const struct wakes *wakes, int64_t *scratch)
{
    int64_t upper_ns = median_of(wakes, UPPER_ENDS, scratch), lower_ns = median_of(wakes, LOWER_ENDS, scratch);

    return upper_ns - lower_ns <= ENDS_NEAR_NS && lower_ns - upper_ns <= ENDS_NEAR_NS;
}

/* Sorts them into scratch. Returns the distance of their quartiles. */
static int64_t sort_spread(const int64_t *late_ns, size_t count, int64_t *scratch)
{
    for (size_t i = 0; i < count; i++)
        scratch[i] = late_ns[i];
    stats_sort(scratch, count);
    return scratch[count - 1 - count / 4] - scratch[count / 4];
}

bool advance_is_gone(const struct advance *found, const int64_t *late_ns, size_t count, int64_t *scratch)
{
    return count >= ADVANCE_MIN_COUNT && 2 * sort_spread(late_ns, count, scratch) < found->spread_ns;
}

bool advance_find(const int64_t *late_ns, size_t count, int64_t *scratch, struct advance *found)
{
    struct wakes wakes = {.late_ns = late_ns, .count = count};
    int64_t swing_ns;

    if (count < ADVANCE_MIN_COUNT)
        return false;
    found->spread_ns = sort_spread(late_ns, count, scratch);
    wakes.low_ns = scratch[count / 20];
    wakes.high_ns = scratch[count - 1 - count / 20];
    swing_ns = wakes.high_ns - wakes.low_ns;
    if (swing_ns < SWING_LEAST_NS || swing_ns > SWING_MOST_NS)
        return false;
    found->high_ns = median_of(&wakes, TOPS, scratch);
    found->low_ns = median_of(&wakes, BOTTOMS, scratch);
    found->period = (uint32_t)median_of(&wakes, LENGTHS, scratch);
    wakes.end_ns = median_of(&wakes, ENDS, scratch);
    found->fits = is_whole(&wakes, found) && have_one_end(&wakes, scratch);
    return found->period >= PERIOD_LEAST && found->period <= PERIOD_MOST &&
           are_alike(&wakes, TOPS, found->high_ns, swing_ns / 4, scratch) &&
           are_alike(&wakes, LENGTHS, found->period, 1 + found->period / 4, scratch) &&
           median_of(&wakes, MISSES, scratch) * MISS_PART <= swing_ns && are_gradual(&wakes, swing_ns, scratch) &&
           are_curved(&wakes, swing_ns, scratch);
}

bool advance_explains(int64_t first_ns, int64_t then_ns)
{
    return first_ns > then_ns && first_ns - then_ns <= ADVANCE_MOST_NS - ADVANCE_FIRST_NS;
}
