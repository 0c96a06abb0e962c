/* SPDX-License-Identifier: MIT */
#include "lib/infer/mean.h"

#include "lib/fixed.h"

enum { T_COUNT = 30, T_ONE = 1000, T_FAR = 2661, T_FAR_FROM = 60, SIZE_BITS = 24 };

/* Student's t for 99 % two-sided, in thousandths, by degrees of freedom from 1; rounded up. */
static const uint16_t t_99[T_COUNT] = {63657, 9925, 5841, 4605, 4033, 3708, 3500, 3356, 3250, 3170,
                                       3106,  3055, 3013, 2977, 2947, 2921, 2899, 2879, 2861, 2846,
                                       2832,  2819, 2808, 2797, 2788, 2779, 2771, 2764, 2757, 2750};

static uint64_t distance(int64_t a, int64_t b)
{
    return a < b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
}

int mean_sign(int64_t value, uint64_t error)
{
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;

    if (size / 2 < error || size <= 2 * error)
        return 0;
    return value < 0 ? -1 : 1;
}

/*
 * error = t * sqrt(sum of squares / (n (n - 1))). Deviations are first cut to 24 bits, so that the squares' sum fits
 * for any n that fits into memory here; t and the root come after the cut, so that nothing else is lost.
 */
struct mean mean_of(const int64_t *values, size_t n)
{
    struct mean mean = {0, UINT64_MAX};
    uint64_t squares = 0, largest = 0, t;
    unsigned cut = 0;
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += values[i];
    if (n)
        mean.value = sum / (int64_t)n;
    if (n < 2)
        return mean;
    for (size_t i = 0; i < n; i++) {
        uint64_t deviation = distance(values[i], mean.value);

        largest = deviation > largest ? deviation : largest;
    }
    while (largest >> cut >> SIZE_BITS)
        cut++;
    for (size_t i = 0; i < n; i++) {
        uint64_t deviation = distance(values[i], mean.value) >> cut;

        squares += deviation * deviation;
    }
    t = n - 1 < T_FAR_FROM ? t_99[T_COUNT - 1] : T_FAR;
    if (n - 1 <= T_COUNT)
        t = t_99[n - 2];
    /* A root with three bits of fraction: *64 under it is *8 outside. */
    mean.error = muldiv_u64((uint64_t)isqrt_u64(muldiv_u64(squares, 64, n * (n - 1))) + 1, t, (uint64_t)T_ONE * 8);
    mean.error = (mean.error + 1) << cut;
    return mean;
}

struct mean mean_trimmed(const int64_t *sorted, size_t n, int64_t *scratch)
{
    enum { CUT_PART = 20 }; /* at each end */
    size_t cut = n / CUT_PART, inner = n - 2 * cut;
    struct mean mean;
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++) {
        scratch[i] = sorted[i < cut ? cut : i >= n - cut ? n - cut - 1 : i];
        sum += i >= cut && i < n - cut ? sorted[i] : 0;
    }
    mean = mean_of(scratch, n);
    if (n)
        mean.value = sum / (int64_t)inner;
    if (n >= 2)
        mean.error = muldiv_u64(mean.error, n, inner) + 1;
    return mean;
}
