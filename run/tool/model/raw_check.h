/* SPDX-License-Identifier: MIT */
/*
 * Recomputes the quantiles of wake's metrics from raw samples as they stream by, and compares them with the stats
 * records: both must agree to the tick.
 */
#ifndef LAB_TOOL_MODEL_RAW_CHECK_H
#define LAB_TOOL_MODEL_RAW_CHECK_H

#include "lib/quantile.h"
#include "run/log/state.h"
#include "run/tool/model/model.h"
#include "run/tool/model/raw_values.h"

/* The quantiles of one step's raw samples. */
struct raw_result {
    size_t run_index; /* in the model */
    int64_t step_id;
    uint64_t line;              /* of its first raw record */
    bool whole[SAMPLE_METRICS]; /* false where there were too many to keep */
    uint64_t n[SAMPLE_METRICS];
    int64_t quantiles[SAMPLE_METRICS][QUANTILE_COUNT]; /* as lib/quantile.h lists them */
};

struct raw_check {
    bool open; /* samples of the last result's step are being gathered */
    struct raw_values values[SAMPLE_METRICS];
    struct raw_result *results;
    size_t result_count, result_room;
};

/*
 * Takes samples of a step, found on line `line`, in the order of the log; those of one step stand together. Start from
 * a zeroed struct.
 */
void raw_check_take(struct raw_check *check, const struct model *model, const struct model_step *step, uint64_t line,
                    const struct sample *samples, size_t count);

/* Complains through `reader` where the stats records differ. Called once, when the log is read. */
void raw_check_finish(struct raw_check *check, const struct model *model, struct log_reader *reader);

void raw_check_free(struct raw_check *check);

#endif
