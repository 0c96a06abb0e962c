/* SPDX-License-Identifier: MIT */
/*
 * The platform of a run, and what qualifies its numbers: read from the env, cpu and cal records; printed by show, put
 * into the report, compared by compare.
 */
#ifndef LAB_TOOL_MODEL_PLATFORM_H
#define LAB_TOOL_MODEL_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "run/tool/model/model.h"

#define PLATFORM_ROWS_MAX     40
#define PLATFORM_WARNINGS_MAX 12

struct platform_row {
    const char *label; /* "CPU" */
    const char *value;
    bool decides; /* runs that differ in it are not alike */
};

struct platform {
    struct platform_row rows[PLATFORM_ROWS_MAX];
    size_t row_count;
    const char *warnings[PLATFORM_WARNINGS_MAX]; /* whole sentences */
    size_t warning_count;
    bool emulated; /* times are functional, not timings */
};

/* True for the labels of rows in which runs that are alike do not differ. */
bool platform_decides(const char *label);

/* Fills *platform; texts live in the model's pool. */
void platform_of(struct model *model, const struct model_run *run, struct platform *platform);

#endif
