/* SPDX-License-Identifier: MIT */
#include "run/tool/normal.h"

#include <math.h>

enum { HALVINGS = 60 };

double normal_above(double tail)
{
    double low = 0, high = 40;

    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;

        if (erfc(middle / sqrt(2)) / 2 > tail)
            low = middle;
        else
            high = middle;
    }
    return low;
}
