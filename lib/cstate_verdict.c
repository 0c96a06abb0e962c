// SPDX-License-Identifier: MIT
#include "lib/cstate_verdict.h"

enum { PESSIMISTIC_TIMES = 2 };

const char *cstate_verdict_name(enum cstate_verdict verdict)
{
    static const char *const names[CSTATE_VERDICTS] = {
        [CSTATE_SAFE] = "safe",
        [CSTATE_PESSIMISTIC] = "pessimistic",
        [CSTATE_TIGHT] = "tight",
        [CSTATE_OPTIMISTIC] = "optimistic",
    };

    return names[verdict];
}

static enum cstate_verdict judge(int64_t table_ns, int64_t p50_ns, int64_t p99_ns)
{
    if (table_ns < p50_ns)
        return CSTATE_OPTIMISTIC;
    if (table_ns < p99_ns)
        return CSTATE_TIGHT;
    return table_ns / PESSIMISTIC_TIMES > p99_ns ? CSTATE_PESSIMISTIC : CSTATE_SAFE;
}

struct cstate_judgement cstate_judge(int64_t table_ns, const struct cstate_quantile *p50,
                                     const struct cstate_quantile *p99)
{
    struct cstate_judgement judgement = {judge(table_ns, p50->value, p99->value), "few samples"};

    if (!p50->has_interval || !p99->has_interval)
        return judgement;
    judgement.confidence = judge(table_ns, p50->low, p99->low) == judgement.verdict &&
                                   judge(table_ns, p50->high, p99->high) == judgement.verdict
                               ? "measured"
                               : "likely";
    return judgement;
}
