/* SPDX-License-Identifier: MIT */
/* What a wake costs at one point of a sweep, and over its points up to a limit. */
#include "experiments/haltpoll/parts.h"
#include "lib/quantile.h"
#include "lib/stats.h"

/* The median of one point's kept latencies in ns, which are sorted; 0 where there are none. */
static uint64_t median_ns(const struct step *step, const struct haltpoll_point *point)
{
    if (!point->count)
        return 0;
    return haltpoll_ns(step, quantile_of_sorted(point->latency_tsc, point->count, QUANTILE_ONE / 2).value);
}

uint64_t haltpoll_level_ns(const struct step *step, const struct haltpoll_sweeps *sweeps, uint32_t sweep,
                           uint64_t limit_ns)
{
    int64_t medians[KNEE_POINTS_MAX];
    size_t count = 0;

    for (uint32_t i = 0; i < sweeps->point_count; i++) {
        const struct haltpoll_point *point = &sweeps->sweep_list[sweep].points[i];

        if (point->count && haltpoll_ns(step, (int64_t)point->at_tsc) <= limit_ns)
            medians[count++] = (int64_t)median_ns(step, point);
    }
    stats_sort(medians, count);
    return count ? (uint64_t)medians[count / 2] : 0;
}
