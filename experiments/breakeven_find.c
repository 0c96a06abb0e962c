// SPDX-License-Identifier: MIT
/* What the slices of `breakeven` say: the crossing of two states by energy, and the bound by latency alone. */
#include "experiments/breakeven.h"
#include "lib/fixed.h"
#include "lib/stats.h"

struct mean breakeven_gain(const struct breakeven *b, uint32_t point, uint32_t shallow,
                           uint32_t deep)
{
    const struct breakeven_cell *above = breakeven_cell(b, point, shallow);
    const struct breakeven_cell *below = breakeven_cell(b, point, deep);
    int64_t gains[BREAKEVEN_ROUNDS_MAX];
    uint32_t count = 0;

    for (uint32_t r = 0; r < b->rounds; r++) {
        if (above->power_uw[r] && below->power_uw[r])
            gains[count++] = above->power_uw[r] - below->power_uw[r];
    }
    return mean_of(gains, count);
}

struct crossing breakeven_crossing(const struct breakeven *b, uint32_t shallow, uint32_t deep,
                                   uint64_t tsc_hz)
{
    struct crossing_point points[BREAKEVEN_POINTS_MAX];

    for (uint32_t i = 0; i < b->point_count; i++) {
        struct mean gain = breakeven_gain(b, i, shallow, deep);

        points[i] = (struct crossing_point){
            (uint64_t)tsc_to_ns((int64_t)b->interval_tsc[i], tsc_hz), gain.value, gain.error};
    }
    return crossing_find(points, b->point_count);
}

static uint32_t kept(const struct breakeven_cell *cell)
{
    return cell->naps < BREAKEVEN_NAPS_KEPT ? cell->naps : BREAKEVEN_NAPS_KEPT;
}

static int64_t median(int64_t *values, uint32_t count)
{
    stats_sort(values, count);
    return stats_median(values, count);
}

uint64_t breakeven_latency_bound(struct breakeven *b, uint32_t state)
{
    uint64_t bound_tsc = 0;
    int64_t cost_tsc = 0;

    for (uint32_t i = 0; i < b->point_count; i++) {
        struct breakeven_cell *cell = breakeven_cell(b, i, state);
        int64_t latency_tsc = median(cell->latency_tsc, kept(cell));

        cost_tsc = latency_tsc > cost_tsc ? latency_tsc : cost_tsc;
    }
    for (uint32_t i = b->point_count; i-- > 0;) {
        struct breakeven_cell *cell = breakeven_cell(b, i, state);

        if (!cell->naps || median(cell->silent_tsc, kept(cell)) <= cost_tsc)
            break;
        bound_tsc = b->interval_tsc[i];
    }
    return bound_tsc;
}
