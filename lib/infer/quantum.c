/* SPDX-License-Identifier: MIT */
#include "lib/infer/quantum.h"

#include "lib/fixed.h"
#include "lib/quantile.h"
#include "lib/stats.h"

enum {
    OFF_GRID_SHARE = 20, /* one length in this many may lie off the grid */
    TOLERANCE_SHARE = 8, /* of a step, to each side */
    PERIODS = 64,        /* to each side of the middle: a step that is wrong by 1/32 tick is 2 off there */
    INSIDE_MIN = 12,     /* lengths within those periods */
    STRIDE_SHARE = 2048, /* of a step, until one fits: at the farthest period a 32nd of it */
    CUT_SHARE = 16,
    AGREE_SHARE = 8,
};

uint64_t steps_point(uint64_t low, uint64_t high, bool by_factor, uint32_t index, uint32_t count)
{
    uint64_t low_log2, point;

    if (index == 0 || count < 2)
        return low;
    if (index == count - 1)
        return high;
    if (!by_factor)
        return low + muldiv_round_u64(high - low, index, count - 1);
    low_log2 = log2_q32(low);
    point = exp2_q32(low_log2 + muldiv_u64(log2_q32(high) - low_log2, index, count - 1));
    if (point < low)
        return low;
    return point < high ? point : high;
}

/*
 * How well the lengths fit a grid through their middle with that step (sixteenths): the sum of the distances, those off
 * the grid counted as the tolerance; UINT64_MAX where too many are off. Ends at the first one too many: that refuses
 * most steps within a few lengths.
 */
static uint64_t misfit(const int64_t *sorted, size_t n, uint32_t step)
{
    int64_t middle = sorted[n / 2], tolerance = step / TOLERANCE_SHARE;
    int64_t reach = (int64_t)step * PERIODS / STEPS_ONE;
    uint64_t sum = 0;
    size_t inside = 0, off = 0, off_max = n / OFF_GRID_SHARE;

    for (size_t i = 0; i < n; i++) {
        int64_t distance = sorted[i] - middle;

        if (distance < -reach || distance > reach)
            continue;
        distance = distance * STEPS_ONE % step;
        if (distance < 0)
            distance = -distance;
        if (distance > step / 2)
            distance = step - distance;
        inside++;
        if (distance > tolerance && ++off > off_max)
            return UINT64_MAX;
        sum += (uint64_t)(distance < tolerance ? distance : tolerance);
    }
    /* The share must hold for the lengths looked at, not only for all. */
    if (inside < INSIDE_MIN || off > inside / OFF_GRID_SHARE)
        return UINT64_MAX;
    return sum / inside;
}

uint32_t steps_quantum(const int64_t *sorted, size_t n)
{
    uint64_t best = UINT64_MAX;
    uint32_t found = 0, step;
    int64_t spread;

    if (n < STEPS_VALUES_MIN)
        return 0;
    /* Without the outermost lengths, which a host's interrupt may have stretched. */
    spread = sorted[n - 1 - n / OFF_GRID_SHARE] - sorted[n / OFF_GRID_SHARE];
    if (spread / 3 < STEPS_QUANTUM_MAX_TSC)
        step = (uint32_t)(spread / 3) * STEPS_ONE;
    else
        step = STEPS_QUANTUM_MAX_TSC * STEPS_ONE;
    /* Fractions of a fitting step fit too, so the widest wins; its neighbours are tried for the best fit. */
    for (; step >= STEPS_QUANTUM_MIN_TSC * STEPS_ONE; step -= found ? 1 : 1 + step / STRIDE_SHARE) {
        uint64_t fit = misfit(sorted, n, step);

        if (fit == UINT64_MAX && found)
            break;
        if (fit < best) {
            best = fit;
            found = step;
        }
    }
    return found;
}

/*
 * A wait whose limit lies anywhere ends anywhere within a step of the clock after it, so that nine in ten ends spread
 * over nine tenths of a step. More than that, and the step is a part of another one, or something else ends the waits.
 */
struct steps_answer steps_judge(const int64_t *slept_tsc, const int64_t *overshoot_tsc, size_t n)
{
    struct steps_answer answer = {.said = n >= STEPS_VALUES_MIN};
    int64_t spread_tsc;

    if (!answer.said)
        return answer;
    spread_tsc = overshoot_tsc[n - 1 - n / OFF_GRID_SHARE] - overshoot_tsc[n / OFF_GRID_SHARE];
    answer.none_above_tsc = STEPS_QUANTUM_MIN_TSC + spread_tsc * 3 / 2;
    answer.quantum = steps_quantum(slept_tsc, n);
    if (spread_tsc * STEPS_ONE > (int64_t)answer.quantum * 5 / 4)
        answer.quantum = 0;
    return answer;
}

struct steps_pair steps_compare(const int64_t *first_tsc, size_t n, const int64_t *second_tsc, size_t second_n)
{
    struct quantile first = quantile_of_sorted(first_tsc, n, QUANTILE_ONE / 2);
    struct quantile second = quantile_of_sorted(second_tsc, second_n, QUANTILE_ONE / 2);
    struct steps_pair pair = {.p50_tsc = {stats_median(first_tsc, n), stats_median(second_tsc, second_n)}};
    int64_t mad_tsc = stats_mad(second_tsc, second_n, pair.p50_tsc[1]), size_tsc;

    pair.spread_tsc = stats_mad(first_tsc, n, pair.p50_tsc[0]);
    pair.spread_tsc = mad_tsc > pair.spread_tsc ? mad_tsc : pair.spread_tsc;
    pair.less_tsc = pair.p50_tsc[1] - pair.p50_tsc[0];
    size_tsc = pair.less_tsc < 0 ? -pair.less_tsc : pair.less_tsc;
    pair.differ = size_tsc > pair.spread_tsc && (first.high < second.low || second.high < first.low);
    pair.within_tsc =
        first.high - second.low > second.high - first.low ? first.high - second.low : second.high - first.low;
    return pair;
}

static bool is_cut(const struct steps_row *row)
{
    return row->p50_tsc < (int64_t)(row->asked_tsc - row->asked_tsc / CUT_SHARE);
}

struct steps_cap steps_cap(const struct steps_row *rows, size_t count)
{
    struct steps_cap cap = {0};
    int64_t last_tsc = 0;

    for (size_t i = count; i-- > 0;) {
        const struct steps_row *row = &rows[i];

        if (!row->n)
            continue;
        if (!last_tsc)
            last_tsc = row->p50_tsc;
        if (!is_cut(row) || row->p50_tsc > last_tsc + last_tsc / AGREE_SHARE ||
            row->p50_tsc < last_tsc - last_tsc / AGREE_SHARE)
            break;
        cap.tsc += row->p50_tsc;
        cap.rows++;
        cap.waits += row->n;
        cap.limited += row->limited;
        cap.from_tsc = row->asked_tsc;
    }
    if (cap.rows)
        cap.tsc /= cap.rows;
    return cap;
}

int64_t steps_floor(const struct steps_row *rows, size_t count)
{
    int64_t floor_tsc = 0;

    for (size_t i = 0; i < count; i++) {
        if (!rows[i].n || rows[i].p50_tsc < (int64_t)rows[i].asked_tsc)
            continue;
        if (!floor_tsc || rows[i].p50_tsc < floor_tsc)
            floor_tsc = rows[i].p50_tsc;
    }
    return floor_tsc;
}
