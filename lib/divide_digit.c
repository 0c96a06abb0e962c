/* SPDX-License-Identifier: MIT */
#include "lib/divide_digit.h"

uint64_t divide_digit(uint64_t *rest, uint64_t next_digit, uint64_t divisor)
{
    uint64_t top = divisor >> DIGIT_BITS;
    uint64_t bottom = divisor & DIGIT_MAX, digit, left;

    if (top == 0)
        __builtin_unreachable(); /* the caller has shifted the divisor so that its top bit is set */
    digit = *rest / top;
    left = *rest % top;

    /* The estimate is at most two too large when the divisor's top bit is set. */
    while (digit >> DIGIT_BITS || digit * bottom > (left << DIGIT_BITS | next_digit)) {
        digit--;
        left += top;
        if (left >> DIGIT_BITS)
            break;
    }
    *rest = (*rest << DIGIT_BITS) + next_digit - digit * divisor;
    return digit;
}
