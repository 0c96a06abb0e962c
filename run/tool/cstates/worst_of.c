/* SPDX-License-Identifier: MIT */
#include "run/tool/cstates/worst_of.h"

#include <math.h>

#include "run/tool/normal.h"

/* Each tail of one source's interval, how far out that is, and the tail that a verdict may have. */
#define TAIL_AT   1.959963984540054
#define TAIL_SURE 0.005

/* Not beyond what int64_t holds, which only a hostile log comes near. */
static int64_t moved(int64_t value, double by)
{
    double sum = (double)value + by;
    if (sum >= 0x1p63)
        return INT64_MAX;
    if (sum < -0x1p63)
        return INT64_MIN;
    return fabs(by) < 0x1p53 && fabs((double)value) < 0x1p53 ? value + (int64_t)by : (int64_t)sum;
}

void worst_of_widen(struct table_quantile *quantile, unsigned count)
{
    double times = normal_above(TAIL_SURE / (count > 0 ? count : 1)) / TAIL_AT;

    if (!quantile->has_interval)
        return;
    quantile->low = moved(quantile->value, -ceil(((double)quantile->value - (double)quantile->low) * times));
    quantile->high = moved(quantile->value, ceil(((double)quantile->high - (double)quantile->value) * times));
}
