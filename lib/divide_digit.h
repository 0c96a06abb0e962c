/* SPDX-License-Identifier: MIT */
/*
 * One digit of a long division, for lib/fixed.c alone. D. Knuth, The Art of Computer Programming, vol. 2, 4.3.1,
 * algorithm D, steps D3 to D6.
 */
#ifndef LAB_LIB_DIVIDE_DIGIT_H
#define LAB_LIB_DIVIDE_DIGIT_H

#include <stdint.h>

#ifndef DIGIT_BITS /* tests/proof/digit.c takes narrower digits, for which all inputs can be proved */
#define DIGIT_BITS 32
#endif
#define DIGIT_MAX ((UINT64_C(1) << DIGIT_BITS) - 1)

/*
 * *rest * 2^DIGIT_BITS + next_digit divided by the divisor: gives the quotient, at most DIGIT_MAX, and sets *rest to
 * what remains, below the divisor. *rest is below the divisor before, next_digit is at most DIGIT_MAX, and of the
 * divisor's 2 * DIGIT_BITS bits the highest is set.
 */
uint64_t divide_digit(uint64_t *rest, uint64_t next_digit, uint64_t divisor);

#endif
