/* SPDX-License-Identifier: MIT */
/*
 * A bounded choice of a step's raw samples for plots: every k-th, where k doubles whenever the room is full. Memory
 * does not grow with the log.
 */
#ifndef LAB_TOOL_MODEL_RAW_POINTS_H
#define LAB_TOOL_MODEL_RAW_POINTS_H

#include <stddef.h>
#include <stdint.h>

#include "run/tool/model/model.h"

#define RAW_POINTS_MAX 4096

struct raw_point {
    int64_t interval_tsc; /* silent time */
    int64_t latency_tsc;  /* wake latency */
    int64_t at_tsc;       /* since the step began */
};

struct raw_step {
    size_t run_index; /* in the model */
    int64_t step_id;
    uint64_t seen, stride;
    size_t count;
    struct raw_point points[RAW_POINTS_MAX];
    struct raw_step *next;
};

struct raw_points {
    struct raw_step *steps; /* newest first */
    size_t step_count;
};

/* Matches load_options.on_raw; ctx is a struct raw_points. Rejected samples are left out. */
void raw_points_take(void *ctx, struct model *model, struct model_step *step, uint64_t index,
                     const struct sample *samples, size_t count);

/* The points of a step of run number `run_index`, or NULL. */
const struct raw_step *raw_points_of(const struct raw_points *points, size_t run_index, int64_t step_id);

void raw_points_free(struct raw_points *points);

#endif
