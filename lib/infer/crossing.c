/* SPDX-License-Identifier: MIT */
#include "lib/infer/crossing.h"

#include "lib/fixed.h"
#include "lib/infer/mean.h"

enum { SURE_LEAST = 3, DISTURBED_SHARE = 50, ALONE = 4 };

/*
 * Zero of the straight line of energy per stretch: -loss * low.at at low.at, gain * high.at at high.at. Powers are
 * scaled to 31 bits and lengths to 32, so that the products fit; this limits the precision.
 */
static uint64_t zero_of(uint64_t low_at, uint64_t loss, uint64_t high_at, uint64_t gain)
{
    uint64_t span = high_at - low_at, length = high_at, below, above;

    while (loss >> 31 || gain >> 31) {
        loss >>= 1;
        gain >>= 1;
    }
    while (length >> 32) {
        length >>= 1;
        low_at >>= 1;
        high_at >>= 1;
    }
    below = loss * low_at;
    above = gain * high_at;
    if (below + above == 0)
        return span / 2;
    return muldiv_u64(span, below, below + above);
}

static void interpolate(struct crossing *crossing, const struct crossing_point *low, const struct crossing_point *high)
{
    crossing->low = low->at;
    crossing->high = high->at;
    crossing->at = low->at + zero_of(low->at, -(uint64_t)low->gain, high->at, (uint64_t)high->gain);
}

struct crossing crossing_find(const struct crossing_point *points, size_t count)
{
    struct crossing crossing = {.outcome = CROSSING_NONE};
    /* The last loss before the first gain, and the first gain behind the last loss, where there are any. */
    const struct crossing_point *last_loss = NULL, *first_gain = NULL, *loss_before = NULL, *gain_behind = NULL;

    for (size_t i = 0; i < count; i++) {
        int sign = mean_sign(points[i].gain, points[i].error);
        size_t beside = i + (size_t)sign;

        crossing.sure += sign != 0;
        if (beside < count && mean_sign(points[beside].gain, points[beside].error / ALONE) != sign &&
            !mean_sign(points[i].gain, points[i].error * ALONE))
            continue;
        if (sign < 0) {
            last_loss = &points[i];
            loss_before = first_gain ? loss_before : last_loss;
            gain_behind = NULL;
        } else if (sign > 0) {
            first_gain = first_gain ? first_gain : &points[i];
            gain_behind = gain_behind ? gain_behind : &points[i];
        }
    }
    if (last_loss && first_gain && last_loss < first_gain) {
        crossing.outcome = CROSSING_FOUND;
        interpolate(&crossing, last_loss, first_gain);
    } else if (last_loss && first_gain) {
        crossing.outcome = CROSSING_SEVERAL;
        crossing.low = loss_before ? loss_before->at : points[0].at;
        crossing.high = gain_behind ? gain_behind->at : points[count - 1].at;
        crossing.at = crossing.low + (crossing.high - crossing.low) / 2;
    } else if (first_gain) {
        crossing.outcome = CROSSING_BELOW;
        crossing.at = crossing.high = first_gain->at;
    } else if (last_loss) {
        crossing.outcome = CROSSING_ABOVE;
        crossing.at = crossing.low = last_loss->at;
    }
    return crossing;
}

enum confidence crossing_confidence(const struct crossing *crossing, uint64_t naps, uint64_t disturbed)
{
    return crossing->sure < SURE_LEAST || disturbed > naps / DISTURBED_SHARE ? CONFIDENCE_LOW : CONFIDENCE_MEASURED;
}

const char *crossing_name(enum crossing_outcome outcome)
{
    static const char *const names[] = {
        [CROSSING_NONE] = "unknown", [CROSSING_FOUND] = "found",     [CROSSING_BELOW] = "below",
        [CROSSING_ABOVE] = "above",  [CROSSING_SEVERAL] = "several",
    };

    return names[outcome];
}
