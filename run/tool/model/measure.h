/* SPDX-License-Identifier: MIT */
/*
 * Values of a metric as a reader wants them: ticks turned into nanoseconds with the run's own frequency, printed with
 * the digits that mean something.
 */
#ifndef LAB_TOOL_MODEL_MEASURE_H
#define LAB_TOOL_MODEL_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/tool/model/model.h"

#define MEASURE_CHARS 48

/* How the values of one metric are shown. */
struct measure {
    double factor;    /* shown value = recorded value * factor */
    const char *unit; /* "ns", "ticks", "count", ... */
};

/* `ticks` keeps TSC ticks; they are also kept where the run does not say its frequency. */
struct measure measure_of(const struct model_run *run, const char *unit, bool ticks);

/*
 * The value with no decimals from 100 on, one from 10 on, two below; none for whole numbers. `text` has MEASURE_CHARS.
 */
const char *measure_text(char *text, struct measure measure, int64_t value);

/*
 * True of a cost in mtsc: it is a difference of two timings, divided by the copies more. Its extremes and outer
 * quantiles are those of what disturbed either timing, and no instruction's.
 */
bool measure_is_difference(const struct model_metric *metric);

/*
 * What stands for the least value of a step's metric: of a difference the shortest timing less the shortest, the scalar
 * min_diff. False where there is none.
 */
bool measure_least(const struct model_step *step, const struct model_metric *metric, int64_t *value);

/*
 * One scalar result with its unit, as a reader wants it: ppm from 1000 on as percent, times with a unit that suits
 * them, a count alone. `ticks` as above.
 */
const char *measure_scalar(char *text, const struct model_run *run, const struct model_scalar *scalar, bool ticks);

/*
 * A time with a unit that suits it, in three digits: "820 ns", "1.25 us", "3.40 ms"; many ppm as percent; another unit
 * as it is.
 */
const char *measure_scaled(char *text, struct measure measure, double shown);

/* The size of a number without its sign; of the smallest one, one less, because there is no such positive one. */
int64_t measure_size(int64_t value);

#endif
