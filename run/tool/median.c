/* SPDX-License-Identifier: MIT */
#include "run/tool/median.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int median_ascending(const void *left, const void *right)
{
    double l, r;
    memcpy(&l, left, sizeof(l));
    memcpy(&r, right, sizeof(r));
    return (l > r) - (l < r);
}

double median_of(double *values, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            values[n++] = values[i];
    if (n == 0)
        return NAN;
    qsort(values, n, sizeof(*values), median_ascending);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
