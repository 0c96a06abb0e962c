/* SPDX-License-Identifier: MIT */
/* How much a run will write, from what runs of the image's own scripts wrote. */
#ifndef LAB_TOOL_PLAN_WIRE_H
#define LAB_TOOL_PLAN_WIRE_H

#include "lib/script/plan.h"

/* What a log has before its plan. */
#define WIRE_BOOT_BYTES 4000

/* Bytes of a step with its plan record and the raw samples asked for. A run's sum is right within a factor of two. */
uint64_t wire_step_bytes(const struct plan_step *step, bool skipped);

/* Seconds that a line of 115200 baud, 8N1, takes for them. */
uint64_t wire_seconds(uint64_t bytes);

#endif /* LAB_TOOL_PLAN_WIRE_H */
