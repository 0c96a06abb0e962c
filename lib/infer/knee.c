/* SPDX-License-Identifier: MIT */
#include "lib/infer/knee.h"

#include <stdbool.h>

#include "lib/fixed.h"
#include "lib/stats.h"

enum {
    SIDE_LEAST = 3,   /* points on each side of a split: one of three may be an outlier */
    LOCAL_POINTS = 4, /* points that make up a level next to a knee */
    STRAY_POINTS = 2, /* a point at the wrong level this near makes the knee's place uncertain */
    NOISE_TIMES = 5,  /* least step over the noise; more than LOCAL_POINTS, so that no slope passes */
    NOISE_SURE = 8,
    POINTS_SURE = 4,
    ORDERED_PERCENT = 80, /* of the pairs across a knee must be in order */
    SHARP_PERCENT = 60,   /* of the rise must lie between two or three neighbours */
    POINTS_LEAST = 2 * SIDE_LEAST,
    ZOOM_PART = 5,  /* of the knee's own place, before it */
    ZOOM_ON = 4,    /* and behind it: seen closely it may lie further on, where a budget grows in small steps only */
    LOG_SHIFT = 16, /* from Q32 to the Q16 that is used here */
};

/* A split of [from, to): `at` is the first point of the right side. */
struct split {
    size_t from, at, to;
    int64_t step; /* of the sides' medians */
    int64_t sum;
};

/* The usable points; y is log2 of the value in Q16. */
struct curve {
    size_t count;
    uint64_t at[KNEE_POINTS_MAX];
    int64_t y[KNEE_POINTS_MAX];
    int64_t noise;
    int64_t least_step;
    size_t splits[KNEES_MAX]; /* first point of each right side, ascending */
    size_t split_count;
    bool noisy;   /* a step that the noise hides */
    bool gradual; /* a rise without a knee */
};

static int64_t log2_q16(int64_t value)
{
    return (int64_t)(log2_q32((uint64_t)value) >> LOG_SHIFT);
}

static int64_t value_of(int64_t y)
{
    return (int64_t)exp2_q32((uint64_t)y << LOG_SHIFT);
}

static int64_t median_of(const int64_t *values, size_t count)
{
    int64_t sorted[KNEE_POINTS_MAX];

    for (size_t i = 0; i < count; i++)
        sorted[i] = values[i];
    stats_sort(sorted, count);
    return stats_median(sorted, count);
}

static void take_points(struct curve *curve, const struct knee_point *points, size_t count,
                        const struct knee_limits *limits)
{
    int64_t least = limits->least_value > 0 ? limits->least_value : 1;

    for (size_t i = 0; i < count && curve->count < KNEE_POINTS_MAX; i++) {
        size_t n = curve->count;
        int64_t value = points[i].value > least ? points[i].value : least;

        if (points[i].count < limits->least_count)
            continue;
        curve->at[n] = points[i].at;
        curve->y[n] = log2_q16(value);
        curve->count++;
    }
}

static int64_t noise_of(const struct curve *curve)
{
    int64_t steps[KNEE_POINTS_MAX];
    size_t count = 0;

    for (size_t i = 1; i < curve->count; i++) {
        int64_t step = curve->y[i] - curve->y[i - 1];

        steps[count++] = step < 0 ? -step : step;
    }
    return count ? median_of(steps, count) : 0;
}

static int64_t distance_to_median(const int64_t *y, size_t count, int64_t *median)
{
    int64_t sum = 0;

    *median = median_of(y, count);
    for (size_t i = 0; i < count; i++)
        sum += y[i] < *median ? *median - y[i] : y[i] - *median;
    return sum;
}

/* True where nearly all pairs of a value left and one right of the split are in order. */
static bool is_ordered(const struct curve *curve, const struct split *split)
{
    size_t ordered = 0, pairs = (split->at - split->from) * (split->to - split->at);

    for (size_t i = split->from; i < split->at; i++)
        for (size_t k = split->at; k < split->to; k++)
            ordered += curve->y[i] < curve->y[k];
    return ordered * 100 >= pairs * ORDERED_PERCENT;
}

/* The levels next to a split. */
static void local_levels(const struct curve *curve, const struct split *split, int64_t *before, int64_t *after)
{
    size_t left = split->at - split->from, right = split->to - split->at;

    left = left < LOCAL_POINTS ? left : LOCAL_POINTS;
    right = right < LOCAL_POINTS ? right : LOCAL_POINTS;
    *before = median_of(&curve->y[split->at - left], left);
    *after = median_of(&curve->y[split->at], right);
}

/* Both sides' medians, their difference, and the sum of distances to them. */
static void measure_split(const struct curve *curve, struct split *split)
{
    int64_t left, right;

    split->sum = distance_to_median(&curve->y[split->from], split->at - split->from, &left) +
                 distance_to_median(&curve->y[split->at], split->to - split->at, &right);
    split->step = right - left;
}

/* The rise over the split itself, with one point between the levels at most. */
static int64_t jump_at(const struct curve *curve, size_t at)
{
    const int64_t *y = &curve->y[at];
    int64_t jump = y[0] - y[-1];

    jump = y[1] - y[-1] > jump ? y[1] - y[-1] : jump;
    return y[0] - y[-2] > jump ? y[0] - y[-2] : jump;
}

/* True for a knee; false for noise, or for a place on a slope. */
static bool is_knee(struct curve *curve, const struct split *split)
{
    int64_t before, after, rise;

    if (split->step < curve->least_step)
        return false;
    local_levels(curve, split, &before, &after);
    rise = after - before;
    if (100 * jump_at(curve, split->at) < SHARP_PERCENT * rise || rise < curve->least_step) {
        curve->gradual = true;
        return false;
    }
    if (rise < NOISE_TIMES * curve->noise || !is_ordered(curve, split)) {
        curve->noisy = true;
        return false;
    }
    return true;
}

/* The best knee in [from, to); step is negative where there is none. */
static struct split best_split(struct curve *curve, size_t from, size_t to)
{
    struct split best = {.step = -1};

    for (size_t at = from + SIDE_LEAST; at + SIDE_LEAST <= to; at++) {
        struct split split = {.from = from, .at = at, .to = to};

        measure_split(curve, &split);
        if (is_knee(curve, &split) && (best.step < 0 || split.sum < best.sum))
            best = split;
    }
    return best;
}

static void insert_split(struct curve *curve, size_t at)
{
    size_t i = curve->split_count++;

    for (; i > 0 && curve->splits[i - 1] > at; i--)
        curve->splits[i] = curve->splits[i - 1];
    curve->splits[i] = at;
}

static struct split piece_of(const struct curve *curve, size_t index)
{
    return (struct split){
        .from = index ? curve->splits[index - 1] : 0,
        .to = index < curve->split_count ? curve->splits[index] : curve->count,
    };
}

/* Adds the highest knee of all pieces, so that a limited number holds the clearest ones. */
static bool split_once(struct curve *curve)
{
    struct split best = {.step = -1};

    for (size_t i = 0; i <= curve->split_count; i++) {
        struct split piece = piece_of(curve, i);
        struct split split = best_split(curve, piece.from, piece.to);

        if (split.step > best.step)
            best = split;
    }
    if (best.step < 0)
        return false;
    insert_split(curve, best.at);
    return true;
}

static struct split final_split(const struct curve *curve, size_t index)
{
    struct split split = {
        .from = piece_of(curve, index).from, .at = curve->splits[index], .to = piece_of(curve, index + 1).to};

    measure_split(curve, &split);
    return split;
}

/*
 * Drops splits that are no knees between their own neighbours: each was first judged with the points beyond the next
 * one.
 */
static void drop_weak(struct curve *curve)
{
    for (size_t i = 0; i < curve->split_count;) {
        struct split split = final_split(curve, i);

        if (is_knee(curve, &split)) {
            i++;
            continue;
        }
        curve->split_count--;
        for (size_t k = i; k < curve->split_count; k++)
            curve->splits[k] = curve->splits[k + 1];
        i = 0;
    }
}

uint64_t knee_middle(uint64_t low, uint64_t high)
{
    uint64_t at = exp2_q32((log2_q32(low) >> 1) + (log2_q32(high) >> 1));

    return at < low ? low : at > high ? high : at;
}

/*
 * The knee's interval includes the points between the levels, and points at the wrong level, which make it uncertain.
 */
static void describe(const struct curve *curve, size_t index, struct knee *knee)
{
    struct split split = final_split(curve, index);
    size_t low = split.at - 1, high = split.at;
    size_t left = split.at - split.from, right = split.to - split.at;
    size_t fewer = left < right ? left : right;
    int64_t before, after, quarter;

    local_levels(curve, &split, &before, &after);
    quarter = (after - before) / 4;
    for (size_t i = 1; i <= LOCAL_POINTS && i < left; i++)
        if (curve->y[split.at - i] > before + quarter && (low == split.at - i || i <= STRAY_POINTS))
            low = split.at - i - 1;
    for (size_t i = 0; i < LOCAL_POINTS && i + 1 < right; i++)
        if (curve->y[split.at + i] < after - quarter && (high == split.at + i || i < STRAY_POINTS))
            high = split.at + i + 1;
    *knee = (struct knee){
        .at = knee_middle(curve->at[low], curve->at[high]),
        .low = curve->at[low],
        .high = curve->at[high],
        .before = value_of(before),
        .after = value_of(after),
        .confidence = fewer < POINTS_SURE ? CONFIDENCE_LOW : CONFIDENCE_MEDIUM,
    };
    if (fewer >= POINTS_SURE && after - before >= NOISE_SURE * curve->noise)
        knee->confidence = CONFIDENCE_HIGH;
}

static void judge_nothing(const struct curve *curve, struct knees *found)
{
    if (curve->noisy || curve->noise * NOISE_TIMES > curve->least_step)
        found->reason = "the noise is as large as the step that is looked for";
    else if (curve->gradual)
        found->reason = "it rises gradually";
    else
        found->verdict = KNEES_NONE;
}

void knees_find(const struct knee_point *points, size_t count, const struct knee_limits *limits, struct knees *found)
{
    struct curve curve = {.least_step = log2_q16(limits->least_ratio_percent) - log2_q16(100)};
    uint32_t most = limits->most < KNEES_MAX ? limits->most : KNEES_MAX;

    *found = (struct knees){.verdict = KNEES_UNKNOWN};
    take_points(&curve, points, count, limits);
    if (curve.count < POINTS_LEAST) {
        found->reason = "too few intervals with enough samples";
        return;
    }
    curve.noise = noise_of(&curve);
    found->noise_percent = (uint32_t)(exp2_q32((uint64_t)(curve.noise + log2_q16(100)) << LOG_SHIFT) - 100);
    found->from = curve.at[SIDE_LEAST - 1];
    found->upto = curve.at[curve.count - SIDE_LEAST];
    while (curve.split_count < most && split_once(&curve))
        ;
    drop_weak(&curve);
    for (size_t i = 0; i < curve.split_count; i++)
        describe(&curve, i, &found->knee[i]);
    found->count = (uint32_t)curve.split_count;
    if (found->count)
        found->verdict = KNEES_FOUND;
    else
        judge_nothing(&curve, found);
}

void knee_zoom(const struct knee *knee, uint64_t *at, size_t count)
{
    uint64_t from = knee->low - knee->low / ZOOM_PART, to = knee->high + knee->high / ZOOM_ON;

    for (size_t i = 0; i < count; i++)
        at[i] = from + (to - from) * i / (count - 1);
}
