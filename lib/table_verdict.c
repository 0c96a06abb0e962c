/* SPDX-License-Identifier: MIT */
#include "lib/table_verdict.h"

enum { PESSIMISTIC_TIMES = 2 };

const char *table_verdict_name(enum table_verdict verdict)
{
    static const char *const names[TABLE_VERDICTS] = {
        [TABLE_SAFE] = "safe",
        [TABLE_PESSIMISTIC] = "pessimistic",
        [TABLE_TIGHT] = "tight",
        [TABLE_OPTIMISTIC] = "optimistic",
    };

    return names[verdict];
}

static enum table_verdict judge(int64_t table_ns, int64_t p50_ns, int64_t p99_ns)
{
    if (table_ns < p50_ns)
        return TABLE_OPTIMISTIC;
    if (table_ns < p99_ns)
        return TABLE_TIGHT;
    return table_ns / PESSIMISTIC_TIMES > p99_ns ? TABLE_PESSIMISTIC : TABLE_SAFE;
}

/* The least distance of two of the figures, no less than the clock's step; 0: all are one. */
static int64_t step_of(const struct table_quantile *p50, const struct table_quantile *p99)
{
    const int64_t figures[] = {p50->low, p50->value, p50->high, p99->low, p99->value, p99->high};
    const unsigned count = sizeof(figures) / sizeof(figures[0]);
    uint64_t step = INT64_MAX;

    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < count; k++)
            if (figures[i] > figures[k] && (uint64_t)figures[i] - (uint64_t)figures[k] < step)
                step = (uint64_t)figures[i] - (uint64_t)figures[k];
    return step < INT64_MAX ? (int64_t)step : 0;
}

/*
 * A side without a width is that of a clock with coarse steps: the quantile may be the next one. Figures within 2^62 ns
 * of 0, which no wake leaves; beyond them nothing is moved.
 */
static struct table_quantile one_step_on(const struct table_quantile *quantile, int64_t step)
{
    struct table_quantile on = *quantile;

    if (step > INT64_MAX / 2 || on.low < INT64_MIN / 2 || on.high > INT64_MAX / 2)
        return on;
    on.low -= on.low == on.value ? step : 0;
    on.high += on.high == on.value ? step : 0;
    return on;
}

/* Whether all values in both intervals give that verdict. */
static bool is_sure(int64_t table_ns, const struct table_quantile *p50, const struct table_quantile *p99,
                    enum table_verdict verdict)
{
    return judge(table_ns, p50->low, p99->low) == verdict && judge(table_ns, p50->high, p99->high) == verdict;
}

struct table_judgement table_judge(int64_t table_ns, const struct table_quantile *p50, const struct table_quantile *p99)
{
    struct table_judgement judgement = {judge(table_ns, p50->value, p99->value), CONFIDENCE_FEW_SAMPLES};
    struct table_quantile wide_p50, wide_p99;

    if (!p50->has_interval || !p99->has_interval)
        return judgement;
    wide_p50 = one_step_on(p50, step_of(p50, p99));
    wide_p99 = one_step_on(p99, step_of(p50, p99));
    if (is_sure(table_ns, p50, p99, judgement.verdict))
        judgement.confidence =
            is_sure(table_ns, &wide_p50, &wide_p99, judgement.verdict) ? CONFIDENCE_MEASURED : CONFIDENCE_LIKELY;
    else
        judgement.confidence = CONFIDENCE_LOW;
    return judgement;
}
