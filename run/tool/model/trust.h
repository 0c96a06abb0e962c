/* SPDX-License-Identifier: MIT */
/*
 * What a step's figures are not: values smaller than the bound of the offset between two CPUs' TSCs, verdicts of few
 * samples, quantiles of fewer samples than they need. Used by show, report, compare and export.
 */
#ifndef LAB_TOOL_MODEL_TRUST_H
#define LAB_TOOL_MODEL_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/tool/model/measure.h"
#include "run/tool/model/model.h"

#define TRUST_CHARS 200

/*
 * What a value between two CPUs' stamps is not known better than: the bound of their TSCs' offset, in ticks. 0 where
 * one CPU took both stamps, where the values are no ticks, or where the log has no bound.
 */
int64_t trust_bound_of_metric(const struct model_run *run, const struct model_step *step,
                              const struct model_metric *metric);
int64_t trust_bound_of_pair(const struct model_run *run, const struct model_pair *pair);
int64_t trust_bound_of_row(const struct model_run *run, const struct model_step *step, const struct model_row *row,
                           const char *member);
/* Of wakes in the step by that source ("timer", "ipi"). */
int64_t trust_bound_of_source(const struct model_run *run, const struct model_step *step, const char *source);

/* False where the value cannot be told from zero, or cannot be at all: it is not above its bound. Bound 0: true. */
bool trust_usable(int64_t value, int64_t bound);

/* "± 701 us, not usable". `text` has TRUST_CHARS. Returns text. */
const char *trust_bound_text(char *text, struct measure measure, int64_t bound);

/*
 * Samples kept and rejected, warm-up left out: of the step's main metric, else the sums over the rows that count both,
 * else what the step's end says.
 */
struct trust_counts {
    uint64_t kept, rejected;
};
struct trust_counts trust_counts_of(const struct model_step *step);

/* False where the quantile is the outermost sample ("p99" of fewer than 100), or a median of fewer than 6. */
bool trust_quantile(const struct model_metric *metric, const char *name);
/* The same of so many samples. */
bool trust_quantile_of(uint64_t n, const char *name);

/*
 * "pass", "FAIL", "skip", "running", "no verdict"; "doubtful" instead of "pass" where more samples were rejected than
 * kept, or where too few were kept for a median.
 */
const char *trust_verdict(const struct model_step *step);

/* Why the verdict is "doubtful", without a full stop; else "". `text` has TRUST_CHARS. Returns text. */
const char *trust_doubt(char *text, const struct model_step *step);

/* The step's argument of that name, "" where it has none. `text` has TRUST_CHARS; a longer one is cut. Returns text. */
const char *trust_argument(char *text, const struct model_step *step, const char *name);

/* The argument `interval` for readers: "31623ns" is "31.62us". The same room. */
const char *trust_interval(char *text, const struct model_step *step);

#endif
