/* SPDX-License-Identifier: MIT */
/* Order of numbers, and the middle of them. Pure. */
#ifndef LAB_TOOL_MEDIAN_H
#define LAB_TOOL_MEDIAN_H

#include <stddef.h>

/* For qsort() of doubles, none of which is NAN. */
int median_ascending(const void *left, const void *right);

/*
 * The middle one of the values that are numbers, or the mean of the two middle ones; NAN without any. Numbers go in
 * front of the others, and are sorted.
 */
double median_of(double *values, size_t count);

#endif /* LAB_TOOL_MEDIAN_H */
