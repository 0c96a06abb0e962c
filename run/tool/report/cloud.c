/* SPDX-License-Identifier: MIT */
#include "run/tool/report/cloud.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void cloud_add(struct cloud *cloud, double value, uint64_t count)
{
    if (cloud->count == cloud->room) {
        size_t room = cloud->room ? cloud->room * 2 : 256;
        struct cloud_point *points = realloc(cloud->points, room * sizeof(*points));
        if (!points)
            return;
        cloud->points = points;
        cloud->room = room;
    }
    cloud->points[cloud->count++] = (struct cloud_point){value, count};
    cloud->total += count;
    cloud->sorted = false;
}

void cloud_add_metric(struct cloud *cloud, struct model *model, const struct model_run *run,
                      struct model_metric *metric)
{
    struct measure measure = measure_of(run, metric->unit, false);
    const struct hdr *hist;
    uint64_t left = metric->negative;

    if (strcmp(measure.unit, "ns") != 0)
        return;
    hist = model_metric_hist(model, metric);
    /* The histogram counts what lies below zero as zero. */
    for (uint32_t i = 0; hist && i < hist->counter_count; i++) {
        uint64_t count = hdr_count_at(hist, i);
        if (count == 0)
            continue;
        if (hdr_highest_at(hist, i) == 0 && left > 0 && left <= count) {
            cloud_add(cloud, (double)metric->min * measure.factor, left);
            count -= left;
        }
        if (count > 0)
            cloud_add(cloud, fmin((double)hdr_highest_at(hist, i), (double)metric->max) * measure.factor, count);
    }
}

static int by_value(const void *one, const void *other)
{
    double a = ((const struct cloud_point *)one)->value, b = ((const struct cloud_point *)other)->value;
    return a < b ? -1 : a > b;
}

double cloud_at(struct cloud *cloud, double share)
{
    uint64_t below = 0;
    double rank = ceil(share * (double)cloud->total);

    if (cloud->count == 0)
        return 0;
    if (!cloud->sorted)
        qsort(cloud->points, cloud->count, sizeof(*cloud->points), by_value);
    cloud->sorted = true;
    for (size_t i = 0; i < cloud->count; i++) {
        below += cloud->points[i].count;
        if ((double)below >= rank)
            return cloud->points[i].value;
    }
    return cloud->points[cloud->count - 1].value;
}

void cloud_free(struct cloud *cloud)
{
    free(cloud->points);
    *cloud = (struct cloud){0};
}
