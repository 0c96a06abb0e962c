/* SPDX-License-Identifier: MIT */
#include "run/tool/model/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From here on parts per million are easier to read as percent. */
#define PPM_AS_PERCENT 1000

struct measure measure_of(const struct model_run *run, const char *unit, bool ticks)
{
    /* mtsc is a thousandth of a tick: the cost of one of many instructions. */
    bool milli = strcmp(unit, "mtsc") == 0;
    double one = milli ? 1e-3 : 1;
    if (!milli && strcmp(unit, "tsc") != 0)
        return (struct measure){1, unit};
    if (ticks || run->tsc_hz == 0)
        return (struct measure){one, "ticks"};
    return (struct measure){one * 1e9 / (double)run->tsc_hz, "ns"};
}

int64_t measure_size(int64_t value)
{
    return value == INT64_MIN ? INT64_MAX : value < 0 ? -value : value;
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

bool measure_is_difference(const struct model_metric *metric)
{
    return strcmp(metric->unit, "mtsc") == 0;
}

bool measure_least(const struct model_step *step, const struct model_metric *metric, int64_t *value)
{
    *value = metric->min;
    if (!measure_is_difference(metric))
        return true;
    for (size_t i = 0; i < step->scalar_count; i++)
        if (strcmp(step->scalars[i].key, "min_diff") == 0 && step->scalars[i].is_integer) {
            *value = step->scalars[i].value;
            return true;
        }
    return false;
}

/* Three digits. */
static void print_short(char *text, double shown, const char *unit)
{
    double size = fabs(shown);
    int decimals = shown == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    snprintf(text, MEASURE_CHARS, "%.*f %.16s", decimals, shown, unit);
}

const char *measure_scaled(char *text, struct measure measure, double shown)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    size_t unit = 0;
    if (strcmp(measure.unit, "ppm") == 0 && fabs(shown) >= PPM_AS_PERCENT) {
        print_short(text, shown / 1e4, "%");
        return text;
    }
    if (strcmp(measure.unit, "ns") != 0) {
        snprintf(text, MEASURE_CHARS, "%.0f %.16s", shown, measure.unit);
        return text;
    }
    while (unit < 3 && fabs(shown) >= 999.5) {
        shown /= 1000;
        unit++;
    }
    print_short(text, shown, units[unit]);
    return text;
}

const char *measure_scalar(char *text, const struct model_run *run, const struct model_scalar *scalar, bool ticks)
{
    struct measure measure = measure_of(run, scalar->unit, ticks);
    if (!scalar->is_integer)
        snprintf(text, MEASURE_CHARS, "%.30s %.12s", scalar->text, scalar->unit);
    else if (strcmp(scalar->unit, "ppm") == 0 && measure_size(scalar->value) >= PPM_AS_PERCENT)
        snprintf(text, MEASURE_CHARS, "%.2f %%", (double)scalar->value / 1e4);
    else if (strcmp(scalar->unit, "count") == 0)
        snprintf(text, MEASURE_CHARS, "%lld", (long long)scalar->value);
    else
        measure_scaled(text, measure, (double)scalar->value * measure.factor);
    return text;
}
