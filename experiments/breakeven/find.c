/* SPDX-License-Identifier: MIT */
/* Inferences from the slices of `breakeven`: the crossing of two states by energy, and the bound by latency alone. */
#include "experiments/breakeven/parts.h"
#include "lib/fixed.h"
#include "lib/stats.h"

enum { NARROW_SHARE = 50 };

struct mean breakeven_gain(const struct breakeven *b, uint32_t point, uint32_t shallow, uint32_t deep)
{
    const struct breakeven_cell *above = breakeven_cell(b, point, shallow);
    const struct breakeven_cell *below = breakeven_cell(b, point, deep);
    int64_t gains[BREAKEVEN_ROUNDS_MAX];
    uint32_t count = 0;

    for (uint32_t r = 0; r < b->rounds; r++)
        if (above->power_uw[r] && below->power_uw[r])
            gains[count++] = above->power_uw[r] - below->power_uw[r];
    return mean_of(gains, count);
}

/* Points put in between are measured last: each goes to its place. */
static void insert(struct crossing_point *points, uint32_t count, struct crossing_point point)
{
    while (count && points[count - 1].at > point.at) {
        points[count] = points[count - 1];
        count--;
    }
    points[count] = point;
}

struct crossing breakeven_crossing(const struct step *step, const struct breakeven *b, uint32_t shallow, uint32_t deep)
{
    struct crossing_point points[BREAKEVEN_POINTS_MAX];
    uint64_t hz = step->machine->clock.tsc_hz;

    for (uint32_t i = 0; i < b->point_count; i++) {
        struct mean gain = breakeven_gain(b, i, shallow, deep);
        uint64_t at_ns = (uint64_t)tsc_to_ns((int64_t)b->interval_tsc[i], hz);

        insert(points, i, (struct crossing_point){at_ns, gain.value, gain.error});
    }
    return crossing_find(points, b->point_count);
}

static void next_pair(struct breakeven *b)
{
    b->pair++;
    b->halvings = 0;
    b->bracket_ns = UINT64_MAX;
}

/* A pair is done when its crossing is not found or narrow enough, or when the last point in between was not sure. */
bool breakeven_close_in(const struct step *step, struct breakeven *b)
{
    if (!b->pair)
        next_pair(b);
    for (; b->pair < b->state_count && b->point_count < BREAKEVEN_POINTS_MAX; next_pair(b)) {
        struct crossing crossing = breakeven_crossing(step, b, b->pair - 1, b->pair);
        uint64_t width_ns = crossing.high - crossing.low;

        if (b->no_energy || crossing.outcome != CROSSING_FOUND || b->halvings == BREAKEVEN_HALVINGS ||
            width_ns >= b->bracket_ns || width_ns < crossing.high / NARROW_SHARE)
            continue;
        b->halvings++;
        b->bracket_ns = width_ns;
        b->first = b->pair - 1;
        b->count = 2;
        b->interval_tsc[b->point_count++] = step_tsc(step, crossing.low + width_ns / 2);
        return true;
    }
    return false;
}

static uint32_t kept(const struct breakeven_cell *cell)
{
    return cell->naps < BREAKEVEN_NAPS_KEPT ? cell->naps : BREAKEVEN_NAPS_KEPT;
}

/* The least median latency of a length and its neighbours: one slice beside a busy thread is not the state's. */
static int64_t least_latency_tsc(struct breakeven *b, uint32_t point, uint32_t state)
{
    int64_t least_tsc = INT64_MAX;

    for (uint32_t i = point ? point - 1 : 0; i <= point + 1 && i < b->sweep_points; i++) {
        struct breakeven_cell *cell = breakeven_cell(b, i, state);
        int64_t latency_tsc = stats_sort_median(cell->latency_tsc, kept(cell));

        least_tsc = cell->naps && latency_tsc < least_tsc ? latency_tsc : least_tsc;
    }
    return least_tsc == INT64_MAX ? 0 : least_tsc;
}

uint32_t breakeven_latency_bound(struct breakeven *b, uint32_t state)
{
    uint32_t bound = 0;
    int64_t cost_tsc = 0;

    for (uint32_t i = 0; i < b->sweep_points; i++) {
        struct breakeven_cell *cell = breakeven_cell(b, i, state);
        int64_t latency_tsc = least_latency_tsc(b, i, state);

        cost_tsc = latency_tsc > cost_tsc ? latency_tsc : cost_tsc;
        if (!cell->naps || stats_sort_median(cell->silent_tsc, kept(cell)) <= cost_tsc)
            bound = i + 1;
    }
    return bound;
}
