/* SPDX-License-Identifier: MIT */
/*
 * Latencies as a load of a fixed period would see them: corrected for coordinated omission.
 *
 * A measurement that waits for each wake before it asks for the next one lets a late wake hide those behind it. A load
 * that comes every `period` would have had them: behind a wake that is v late, others that are v - period,
 * v - 2 * period ... late, as long as that is above 0 (G. Tene, "How NOT to measure latency"; HdrHistogram's correction
 * for an expected interval). They are counted here, not made: nothing is allocated, and a stall of a second at a period
 * of a microsecond costs no more than another.
 *
 * Integers only; any context.
 */
#ifndef LAB_LIB_OMISSION_H
#define LAB_LIB_OMISSION_H

#include <stddef.h>
#include <stdint.h>

/* How many latencies there are with those that were left out. n values in ascending order; period at least 1. */
uint64_t omission_count(const int64_t *sorted, size_t n, uint64_t period);

/* The quantile of them all by nearest rank; n at least 1. About 64 times the number of values above the period. */
int64_t omission_quantile(const int64_t *sorted, size_t n, uint64_t period, uint32_t parts);

#endif /* LAB_LIB_OMISSION_H */
