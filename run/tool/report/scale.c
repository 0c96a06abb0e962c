/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/report/view.h"

static int by_size(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return a < b ? -1 : a > b;
}

struct report_scale report_scale_of(const double *values, size_t count)
{
    static const struct report_scale scales[] = {{1, "ns"}, {1e-3, "us"}, {1e-6, "ms"}, {1e-9, "s"}};
    double sum = 0;
    size_t known = 0, at = 0;

    for (size_t i = 0; i < count; i++)
        if (values[i] > 0) {
            sum += log10(values[i]);
            known++;
        }
    for (double mean = known ? pow(10, sum / (double)known) : 1; at < 3 && mean >= 999.5; mean /= 1000)
        at++;
    return scales[at];
}

const char *report_scaled(char *text, struct report_scale scale, struct measure measure, double shown)
{
    double size;
    int decimals;

    if (strcmp(measure.unit, "ns") != 0)
        return measure_scaled(text, measure, shown);
    shown *= scale.factor;
    size = fabs(shown);
    decimals = shown == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.1 ? 2 : 3;
    snprintf(text, MEASURE_CHARS, "%.*f %s", decimals, shown, scale.unit);
    return text;
}

struct report_spread report_spread_of(double *values, size_t count)
{
    qsort(values, count, sizeof(*values), by_size);
    return (struct report_spread){values[0], values[(count - 1) / 4], values[(count - 1) / 2],
                                  values[count - 1 - (count - 1) / 4], values[count - 1]};
}
