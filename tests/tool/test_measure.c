/* SPDX-License-Identifier: MIT */
/*
 * The least value of run/tool/model/measure.h: in words where a difference of two timings is below zero. TAP on
 * standard output.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/measure.h"

static unsigned number, failed;

static void check(const char *unit, int64_t min, const char *want)
{
    char text[MEASURE_CHARS];
    struct model_run run = {0};
    struct model_metric metric = {0};
    const char *got;

    metric.unit = unit;
    metric.min = min;
    run.tsc_hz = 2000000000;
    got = measure_least(text, measure_of(&run, unit, false), &metric);
    failed += strcmp(got, want) != 0;
    printf("%sok %u %lld %s is %s\n", strcmp(got, want) ? "not " : "", ++number, (long long)min, unit, got);
}

int main(void)
{
    check("mtsc", -63000, "below 0");
    check("mtsc", -1, "below 0");
    check("mtsc", 0, "0");
    check("mtsc", 63000, "31.5");
    check("tsc", -63, "-31.5");
    check("count", -2, "-2");
    printf("1..%u\n", number);
    return failed != 0;
}
