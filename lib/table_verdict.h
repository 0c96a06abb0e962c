/* SPDX-License-Identifier: MIT */
/* Compares the exit latency of a kernel's table with measured quantiles and their 95 % intervals. Pure. */
#ifndef LAB_LIB_TABLE_VERDICT_H
#define LAB_LIB_TABLE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/infer/confidence.h"

/* One quantile in ns; low and high bound it where has_interval. */
struct table_quantile {
    int64_t value, low, high;
    bool has_interval;
};

enum table_verdict {
    TABLE_SAFE,        /* p99 does not pass the table's figure */
    TABLE_PESSIMISTIC, /* safe, but the figure is more than twice p99: the state is chosen too seldom */
    TABLE_TIGHT,       /* the median fits, p99 does not: right for most wakes, not for the tail */
    TABLE_OPTIMISTIC,  /* even the median passes it: most wakes break a latency limit */
    TABLE_VERDICTS,
};

/* "safe", "pessimistic", "tight", "optimistic". */
const char *table_verdict_name(enum table_verdict verdict);

struct table_judgement {
    enum table_verdict verdict;
    /*
     * measured: all values in the intervals give the verdict; likely: they do, but an interval has no width at a side,
     * and one step of the clock there gives another; low: only the quantiles do; few samples: no interval
     */
    enum confidence confidence;
};

/* Judges p50 and p99 against the table's figure in ns. */
struct table_judgement table_judge(int64_t table_ns, const struct table_quantile *p50,
                                   const struct table_quantile *p99);

#endif /* LAB_LIB_TABLE_VERDICT_H */
