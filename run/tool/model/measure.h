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
 * True where the least value of a cost is below zero: in mtsc it is a difference of two timings, and something
 * disturbed the shorter one.
 */
bool measure_is_below(const struct model_metric *metric);

/* The least value of a metric, or "below 0" in that case: the record keeps its value. */
const char *measure_least(char *text, struct measure measure, const struct model_metric *metric);

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

#endif
