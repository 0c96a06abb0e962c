/* SPDX-License-Identifier: MIT */
/* Samples of several steps together, in nanoseconds: for the picture of all methods. */
#ifndef LAB_TOOL_REPORT_CLOUD_H
#define LAB_TOOL_REPORT_CLOUD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/tool/report/view.h"

struct cloud_point {
    double value;
    uint64_t count;
};

struct cloud {
    struct cloud_point *points;
    size_t count, room;
    uint64_t total;
    bool sorted;
};

/* Adds a metric's histogram; nothing where it is no time or has none. */
void cloud_add_metric(struct cloud *cloud, struct model *model, const struct model_run *run,
                      struct model_metric *metric);
void cloud_add(struct cloud *cloud, double value, uint64_t count);

/* The value at that share of the samples (0 to 1), by nearest rank; 0 of none. Sorts. */
double cloud_at(struct cloud *cloud, double share);

void cloud_free(struct cloud *cloud);

#endif
