/* SPDX-License-Identifier: MIT */
#include "run/launch/hist_order.h"

#include <stdio.h>
#include <string.h>

/* The last bucket has no upper end: 2^64 stands for it. */
static double upper_end(uint32_t bucket, uint32_t count)
{
    double end = 1;

    for (uint32_t i = 0; i < (bucket + 1 < count ? bucket : 64); i++)
        end *= 2;
    return bucket == 0 ? 0 : end;
}

static double lower_end(uint32_t bucket)
{
    double end = 1;

    for (uint32_t i = 1; i < bucket; i++)
        end *= 2;
    return bucket == 0 ? 0 : end;
}

static bool fits(const struct host_hist *hist, bool backward, uint64_t sum)
{
    static const double slack = 2;
    uint32_t count = hist->bucket_count;
    double least = 0;
    double most = 0;

    for (uint32_t i = 0; i < count; i++) {
        double n = (double)hist->bucket[backward ? count - 1 - i : i];
        least += n * lower_end(i);
        most += n * upper_end(i, count);
    }
    return (double)sum >= least / slack && (double)sum <= most * slack;
}

static bool is_empty(const struct host_hist *hist)
{
    for (uint32_t i = 0; i < hist->bucket_count; i++)
        if (hist->bucket[i] != 0)
            return false;
    return true;
}

void hist_order_take(struct hist_order *order, const struct host_counters *counters)
{
    static const char tail[] = "_hist";

    for (uint32_t i = 0; i < counters->hist_count; i++) {
        const struct host_hist *hist = &counters->hist[i];
        char name[HOST_NAME_BYTES];
        size_t stem = strlen(hist->name);
        uint64_t sum;

        if (stem < sizeof(tail) || strcmp(hist->name + stem - strlen(tail), tail) != 0 || is_empty(hist))
            continue;
        snprintf(name, sizeof(name), "%.*s_ns", (int)(stem - strlen(tail)), hist->name);
        if (host_counters_find(counters, name, &sum)) {
            order->tried++;
            order->forward_fits += fits(hist, false, sum);
            order->backward_fits += fits(hist, true, sum);
        }
    }
}

enum hist_direction hist_order_direction(const struct hist_order *order)
{
    bool forward = order->forward_fits == order->tried;
    bool backward = order->backward_fits == order->tried;

    if (order->tried == 0 || forward == backward)
        return HIST_UNDECIDED;
    return forward ? HIST_FORWARD : HIST_BACKWARD;
}

const char *hist_direction_word(enum hist_direction direction)
{
    static const char *const words[] = {
        [HIST_UNDECIDED] = "undecided", [HIST_FORWARD] = "as_is", [HIST_BACKWARD] = "reversed"};

    return words[direction];
}
