/* SPDX-License-Identifier: MIT */
#include "lib/infer/prewake.h"

#include "lib/quantile.h"

bool prewake_hides(const int64_t *timer_tsc, const int64_t *ipi_tsc, size_t timer_n, size_t ipi_n, int64_t clear_tsc,
                   bool on, enum confidence *confidence)
{
    struct quantile timer = quantile_of_sorted(timer_tsc, timer_n, QUANTILE_ONE / 2);
    struct quantile ipi = quantile_of_sorted(ipi_tsc, ipi_n, QUANTILE_ONE / 2);
    struct quantile fast = quantile_of_sorted(ipi_tsc, ipi_n, QUANTILE_ONE / 4);
    bool sure = timer.has_interval && fast.has_interval && 2 * timer.high + clear_tsc < fast.low;

    *confidence = !sure ? CONFIDENCE_LOW : on ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM;
    return 2 * timer.value + clear_tsc < ipi.value;
}
