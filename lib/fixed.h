/* SPDX-License-Identifier: MIT */
/*
 * Integer arithmetic that C lacks: products through 128 bits, ticks to time, logarithms in fixed point. No floating
 * point, no calls to the compiler's run-time library. Any context; reentrant.
 */
#ifndef LAB_LIB_FIXED_H
#define LAB_LIB_FIXED_H

#include <stdbool.h>
#include <stdint.h>

#define FIXED_Q32_ONE (UINT64_C(1) << 32) /* 1.0 in Q32: 32 bits after the point */

/* *result = a * b / c rounded down. False, and *result = UINT64_MAX, where that leaves 64 bits or c is 0. */
bool muldiv_u64_checked(uint64_t a, uint64_t b, uint64_t c, uint64_t *result);

/* a * b / c rounded down; UINT64_MAX where that leaves 64 bits or c is 0. */
uint64_t muldiv_u64(uint64_t a, uint64_t b, uint64_t c);

/* a * b / c rounded to nearest, halves up; saturates like muldiv_u64. */
uint64_t muldiv_round_u64(uint64_t a, uint64_t b, uint64_t c);

/*
 * TSC ticks to nanoseconds at hz ticks a second, to nearest (halves away from 0); saturates at the limits of int64_t.
 */
int64_t tsc_to_ns(int64_t ticks_tsc, uint64_t hz);

/* log2(value) in Q32, rounded down with an error below 2^-31; value >= 1 (0 gives 0). Result 0 to 64 * 2^32. */
uint64_t log2_q32(uint64_t value);

/* 2^(exponent / 2^32), rounded to nearest with a relative error below 2^-31; UINT64_MAX from exponent 64 on. */
uint64_t exp2_q32(uint64_t exponent_q32);

/* Square root, rounded down. */
uint32_t isqrt_u64(uint64_t value);

#endif
