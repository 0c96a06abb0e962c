// SPDX-License-Identifier: MIT
#include "run/tool/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct measure measure_of(const struct model_run *run, const char *unit, bool ticks)
{
    // mtsc is a thousandth of a tick: the cost of one of many instructions.
    bool milli = strcmp(unit, "mtsc") == 0;
    double one = milli ? 1e-3 : 1;
    if (!milli && strcmp(unit, "tsc") != 0)
        return (struct measure){1, unit};
    if (ticks || run->tsc_hz == 0)
        return (struct measure){one, "ticks"};
    return (struct measure){one * 1e9 / (double)run->tsc_hz, "ns"};
}

static void print_number(char *text, double shown)
{
    double size = fabs(shown);
    bool whole = shown == floor(shown) || size >= 100;
    snprintf(text, MEASURE_CHARS, "%.*f", whole ? 0 : size >= 10 ? 1 : 2, shown);
}

const char *measure_text(char *text, struct measure measure, int64_t value)
{
    print_number(text, (double)value * measure.factor);
    return text;
}

const char *measure_quantile(char *text, struct measure measure,
                             const struct model_quantile *quantile, bool plain)
{
    char value[MEASURE_CHARS], low[MEASURE_CHARS], high[MEASURE_CHARS];
    measure_text(value, measure, quantile->value);
    measure_text(low, measure, quantile->low);
    measure_text(high, measure, quantile->high);
    if (plain || !quantile->has_interval)
        snprintf(text, MEASURE_CHARS, "%s", value);
    else
        snprintf(text, MEASURE_CHARS, "%.14s [%.14s,%.14s]", value, low, high);
    return text;
}

const char *measure_scaled(char *text, struct measure measure, double shown)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    size_t unit = 0;
    if (strcmp(measure.unit, "ns") != 0) {
        snprintf(text, MEASURE_CHARS, "%.0f %.16s", shown, measure.unit);
        return text;
    }
    while (unit < 3 && fabs(shown) >= 1000) {
        shown /= 1000;
        unit++;
    }
    snprintf(text, MEASURE_CHARS, "%.3g %s", shown, units[unit]);
    return text;
}
