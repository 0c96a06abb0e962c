/* SPDX-License-Identifier: MIT */
/*
 * The least value of run/tool/model/measure.h: of a difference of two timings the shortest less the shortest, or none.
 * TAP on standard output.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "run/tool/model/measure.h"

static unsigned number, failed;

static void check(const char *unit, int64_t min, const char *scalar, const char *want)
{
    struct model_scalar scalars[] = {{.key = "warmup", .is_integer = true, .value = 64},
                                     {.key = scalar, .is_integer = true, .value = 63000}};
    struct model_step step = {.scalars = scalars, .scalar_count = 2};
    struct model_metric metric = {.unit = unit, .min = min};
    struct model_run run = {.tsc_hz = 2000000000};
    char text[MEASURE_CHARS] = "none";
    int64_t least;

    if (measure_least(&step, &metric, &least))
        measure_text(text, measure_of(&run, unit, false), least);
    failed += strcmp(text, want) != 0;
    printf("%sok %u - %lld %s with %s: %s\n", strcmp(text, want) ? "not " : "", ++number, (long long)min, unit, scalar,
           text);
}

/* A scalar in ppm, the least there is. */
static void check_limits(void)
{
    struct model_scalar scalar = {.key = "off", .unit = "ppm", .is_integer = true, .value = INT64_MIN};
    struct model_run run = {.tsc_hz = 2000000000};
    char text[MEASURE_CHARS];
    bool good = measure_size(INT64_MIN) == INT64_MAX && measure_size(-1) == 1 && measure_size(INT64_MAX) == INT64_MAX;

    good = good && strcmp(measure_scalar(text, &run, &scalar, false), "-922337203685477.62 %") == 0;
    failed += !good;
    printf("%sok %u - the least number has a size: %s\n", good ? "" : "not ", ++number, text);
}

/* Times in the unit that leaves one to three digits before the point; beyond seconds there is none. */
static void check_scaled(double ns, const char *want)
{
    const struct measure measure = {.unit = "ns"};
    char text[MEASURE_CHARS];
    bool good = strcmp(measure_scaled(text, measure, ns), want) == 0;

    failed += !good;
    printf("%sok %u - %.1f ns: %s\n", good ? "" : "not ", ++number, ns, text);
}

int main(void)
{
    check("mtsc", -63000, "min_diff", "31.5");
    check("mtsc", 1000, "min_diff", "31.5");
    check("mtsc", -63000, "not_pending", "none");
    check("tsc", -63, "min_diff", "-31.5");
    check("count", -2, "min_diff", "-2");
    check_limits();
    check_scaled(999.4, "999 ns");
    check_scaled(999.5, "1.00 us");
    check_scaled(12345678, "12.3 ms");
    check_scaled(1500000000, "1.50 s");
    check_scaled(-7e12, "-7000 s");
    printf("1..%u\n", number);
    return failed != 0;
}
