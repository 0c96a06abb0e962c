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

struct table_judgement table_judge(int64_t table_ns, const struct table_quantile *p50, const struct table_quantile *p99)
{
    struct table_judgement judgement = {judge(table_ns, p50->value, p99->value), CONFIDENCE_FEW_SAMPLES};

    if (!p50->has_interval || !p99->has_interval)
        return judgement;
    judgement.confidence = judge(table_ns, p50->low, p99->low) == judgement.verdict &&
                                   judge(table_ns, p50->high, p99->high) == judgement.verdict
                               ? CONFIDENCE_MEASURED
                               : CONFIDENCE_LOW;
    return judgement;
}
