/* SPDX-License-Identifier: MIT */
/* A mean with its error, in integers. Pure; any context. */
#ifndef LAB_LIB_INFER_MEAN_H
#define LAB_LIB_INFER_MEAN_H

#include <stddef.h>
#include <stdint.h>

struct mean {
    int64_t value;  /* rounded towards 0 */
    uint64_t error; /* half width of the 99 % interval by Student's t, rounded up; UINT64_MAX where n is below 2 */
};

/*
 * -1 or 1: below or above 0 for sure, by twice its error: rounds that end as soon as it is, and many means beside each
 * other, each look once more than the interval allows for. 0: not sure.
 */
int mean_sign(int64_t value, uint64_t error);

/* Of n values, each within +-2^40: power in uW up to a MW. */
struct mean mean_of(const int64_t *values, size_t n);

/*
 * The mean of the middle 90 % of n sorted values, which no few disturbed ones move, with an interval that counts the
 * outer ones as the last inner ones (winsorised). `scratch`: room for n.
 */
struct mean mean_trimmed(const int64_t *sorted, size_t n, int64_t *scratch);

#endif /* LAB_LIB_INFER_MEAN_H */
