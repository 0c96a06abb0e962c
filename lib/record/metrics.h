/* SPDX-License-Identifier: MIT */
/*
 * Records of measured figures: the types `stats`, `hist`, `raw` and the step's rejects (docs/record-format.md, section
 * 3).
 *
 * All but raw samples go out twice. Same context as record.h. Each returns false when a record was refused.
 */
#ifndef LAB_LIB_RECORD_METRICS_H
#define LAB_LIB_RECORD_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/dependence.h"
#include "lib/record/hdr.h"
#include "lib/record/record.h"
#include "lib/record/sample.h"
#include "lib/stats.h"

/*
 * What a figure belongs to: the step's number, the metric's name (at most 29 characters) and its unit (tsc, ns, count,
 * cycles). Figures of up to 15 digits always fit.
 */
struct metric_id {
    uint32_t step;
    const char *name;
    const char *unit;
};

/* {"t":"stats","step":,"m":,"u":,"n":,"min":,"max":,"sum":,"mad":,"neg":} */
bool record_summary(struct record_stream *stream, const struct metric_id *metric, const struct summary *summary);

/*
 * All of QUANTILES[] of n >= 1 values in ascending order, in as many records as they need. `dependence` says what each
 * is worth, and whether its interval is printable.
 */
bool record_quantiles(struct record_stream *stream, const struct metric_id *metric, const int64_t *sorted, size_t n,
                      const struct dependence *dependence);

/* {"t":"stats","step":,"m":,"series":,"lag1":,"lag2":}: the order of arrival; nothing where n is too small to judge. */
bool record_dependence(struct record_stream *stream, const struct metric_id *metric,
                       const struct dependence *dependence);

/* {"t":"stats","step":,"m":,"floor":,"n":}: the empty path's cost in the metric's unit, of n measurements. */
bool record_floor(struct record_stream *stream, const struct metric_id *metric, int64_t floor, uint64_t n,
                  const int64_t *fenced);

/*
 * {"t":"stats","step":,"m":,"woke":,"p50":,"p99":,"p999":,"max":}: n >= 1 values in ascending order of all that woke
 * (sample_woke()), rejected ones among them.
 */
bool record_woke(struct record_stream *stream, const struct metric_id *metric, const int64_t *sorted, size_t n);

/*
 * {"t":"stats","step":,"m":,"periodic":,"every":,"p50":,"p99":,"p999":,"max":}: the same values with those that a load
 * of that period would have had besides (lib/omission.h).
 */
bool record_periodic(struct record_stream *stream, const struct metric_id *metric, const int64_t *sorted, size_t n,
                     uint64_t period);

/* The worst samples, largest first; nothing when there are none. */
bool record_worst(struct record_stream *stream, const struct metric_id *metric, const struct worst *worst);

/* The histogram in parts. */
bool record_hist(struct record_stream *stream, const struct metric_id *metric, const struct hdr *hdr);

/* {"t":"stats","step":,"rej":{...}}: reasons that occurred; counts[0], the samples that were kept, is left out. */
bool record_rejects(struct record_stream *stream, uint32_t step, const uint64_t counts[REJECT_COUNT]);

/* {"t":"stats","step":,"k":,"v":,"u":}: one scalar result. */
bool record_scalar(struct record_stream *stream, uint32_t step, const char *key, int64_t value, const char *unit);

/* Raw samples, once; first_index is that of samples[0] in the step. */
bool record_raw(struct record_stream *stream, uint32_t step, uint64_t first_index, const struct sample *samples,
                size_t count);

#endif
