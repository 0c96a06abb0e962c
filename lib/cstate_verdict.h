// SPDX-License-Identifier: MIT
/*
 * Is a table's exit latency right? Measured quantiles, each with its 95 % interval, against the figure that a kernel believes. Pure.
 */
#ifndef LAB_LIB_CSTATE_VERDICT_H
#define LAB_LIB_CSTATE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

/* One quantile in ns; low and high bound it where has_interval. */
struct cstate_quantile {
    int64_t value, low, high;
    bool has_interval;
};

enum cstate_verdict {
    CSTATE_SAFE,        /* p99 does not pass the table's figure */
    CSTATE_PESSIMISTIC, /* safe, but the figure is more than twice p99: the state is chosen too seldom */
    CSTATE_TIGHT,       /* the median fits, p99 does not: right for most wakes, not for the tail */
    CSTATE_OPTIMISTIC, /* even the median passes it: a latency limit is broken as a rule */
    CSTATE_VERDICTS,
};

/* "safe", "pessimistic", "tight", "optimistic". */
const char *cstate_verdict_name(enum cstate_verdict verdict);

struct cstate_judgement {
    enum cstate_verdict verdict;
    const char *
        confidence; /* "measured": every value in the intervals gives it; "likely": the values do; "few samples": no interval */
};

/* Of p50 and p99 against the table's figure in ns. */
struct cstate_judgement cstate_judge(int64_t table_ns, const struct cstate_quantile *p50,
                                     const struct cstate_quantile *p99);

#endif /* LAB_LIB_CSTATE_VERDICT_H */
