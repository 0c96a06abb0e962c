/* SPDX-License-Identifier: MIT */
#include "run/tool/fleet/odd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/median.h"

/* Of a normal distribution the median absolute deviation is so much of the standard deviation. */
#define MAD_NORMAL     0.6745
/* Smaller spreads are those of rounded numbers: half a percent. */
#define SPREAD_LEAST   0.005
/* The part of the scores from which the tail is learnt: up to a tenth of a group may be odd. */
#define SHARE_LOW      0.5
#define SHARE_HIGH     0.9
/* Scores that hardly differ tell nothing of a tail: it is at least this long between the two. */
#define DISTANCE_LEAST 1.0
#define FEW_MACHINES   3

/* The boots of a machine that have the figure, sorted, in `work`. */
static size_t boots_of(const struct odd_group *group, size_t machine, size_t figure, double *work)
{
    const double *values = group->values + (machine * group->figures + figure) * group->boots;
    size_t n = 0;

    for (size_t b = 0; b < group->boots; b++)
        if (!isnan(values[b]))
            work[n++] = values[b];
    qsort(work, n, sizeof(*work), median_ascending);
    return n;
}

/* How far all but one of five of the sorted boots are off, on the side of their median; 0 where they are on both. */
static double agreed(const double *boots, size_t n, double middle, double level)
{
    size_t spared = n / 5;
    return level > middle ? fmax(0, boots[spared] - middle) : fmin(0, boots[n - 1 - spared] - middle);
}

/* Deviations and scores of one figure. `work` has room for a value a machine, `boots` for one a boot. */
static void judge_figure(struct odd_group *group, size_t figure, double *work, double *boots)
{
    size_t have = 0;
    double middle;

    for (size_t m = 0; m < group->machines; m++) {
        size_t n = boots_of(group, m, figure, boots);
        double level = n < ODD_BOOTS_LEAST ? NAN : median_of(boots, n);
        group->deviations[m * group->figures + figure] = work[m] = level;
        have += !isnan(level);
    }
    middle = median_of(work, group->machines);
    for (size_t m = 0; m < group->machines; m++)
        work[m] = fabs(group->deviations[m * group->figures + figure] - middle);
    group->spreads[figure] = fmax(median_of(work, group->machines) / MAD_NORMAL, SPREAD_LEAST);
    if (have < ODD_MACHINES_LEAST)
        group->spreads[figure] = NAN;
    for (size_t m = 0; m < group->machines; m++) {
        size_t at = m * group->figures + figure, n = boots_of(group, m, figure, boots);
        double level = group->deviations[at];
        group->deviations[at] = level - middle;
        group->scores[at] = isnan(level) ? NAN : agreed(boots, n, middle, level) / group->spreads[figure];
    }
}

/* The furthest score of a machine, of figures that are off by `least` at least; NAN: it is not judged. */
static double furthest(const struct odd_group *group, size_t machine, double least)
{
    double most = 0;
    bool any = false;
    for (size_t f = 0; f < group->figures; f++) {
        size_t at = machine * group->figures + f;
        any |= !isnan(group->scores[at]);
        if (!isnan(group->scores[at]) && fabs(group->deviations[at]) >= least)
            most = fmax(most, fabs(group->scores[at]));
    }
    return any ? most : NAN;
}

/* The value below which that share of the sorted values lies. */
static double share_of(const double *sorted, size_t n, double share)
{
    double at = share * (double)(n - 1);
    size_t low = (size_t)at;
    return low + 1 < n ? sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low]) : sorted[low];
}

static void find_p(struct odd_group *group, double *work)
{
    double low, high, distance, rate;
    size_t n = 0;

    for (size_t m = 0; m < group->machines; m++) {
        double score = furthest(group, m, 0);
        group->p[m] = 1;
        if (!isnan(score))
            work[n++] = score;
    }
    if (n < ODD_MACHINES_LEAST)
        return;
    qsort(work, n, sizeof(*work), median_ascending);
    low = share_of(work, n, SHARE_LOW);
    high = share_of(work, n, SHARE_HIGH);
    /* Shares of few machines are uncertain: their tail is taken as longer. */
    distance = fmax(high - low, DISTANCE_LEAST) * (1 + FEW_MACHINES / (double)n);
    rate = log((1 - SHARE_LOW) / (1 - SHARE_HIGH)) / distance;
    for (size_t m = 0; m < group->machines; m++) {
        double score = furthest(group, m, group->least);
        if (!isnan(score))
            group->p[m] = fmin(1, (1 - SHARE_LOW) * exp(-rate * (score - low)));
    }
}

bool odd_judge(struct odd_group *group)
{
    double *work = calloc(group->machines + 1, sizeof(*work)), *boots = calloc(group->boots + 1, sizeof(*boots));

    for (size_t f = 0; f < group->figures && work && boots; f++)
        judge_figure(group, f, work, boots);
    if (work && boots)
        find_p(group, work);
    free(boots);
    free(work);
    return work && boots;
}

bool odd_discover(const double *p, size_t count, double rate, bool *found)
{
    double *sorted = malloc((count + 1) * sizeof(*sorted)), limit = -1;
    if (!sorted)
        return false;
    memcpy(sorted, p, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), median_ascending);
    for (size_t i = 0; i < count; i++)
        if (sorted[i] <= rate * (double)(i + 1) / (double)count)
            limit = sorted[i];
    for (size_t i = 0; i < count; i++)
        found[i] = p[i] <= limit;
    free(sorted);
    return true;
}
