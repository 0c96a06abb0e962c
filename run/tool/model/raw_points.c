/* SPDX-License-Identifier: MIT */
#include "run/tool/model/raw_points.h"

#include <stdlib.h>

/* 4096 steps of 96 KiB each would be too much for a page anyway. */
#define RAW_STEPS_MAX 512

static struct raw_step *step_of(struct raw_points *points, size_t run_index, int64_t step_id)
{
    for (struct raw_step *s = points->steps; s; s = s->next)
        if (s->run_index == run_index && s->step_id == step_id)
            return s;
    return NULL;
}

const struct raw_step *raw_points_of(const struct raw_points *points, size_t run_index, int64_t step_id)
{
    for (const struct raw_step *s = points->steps; s; s = s->next)
        if (s->run_index == run_index && s->step_id == step_id)
            return s;
    return NULL;
}

static struct raw_step *make_step(struct raw_points *points, size_t run_index, int64_t step_id)
{
    struct raw_step *made = points->step_count < RAW_STEPS_MAX ? calloc(1, sizeof(*made)) : NULL;
    if (!made)
        return NULL;
    made->run_index = run_index;
    made->step_id = step_id;
    made->stride = 1;
    made->next = points->steps;
    points->steps = made;
    points->step_count++;
    return made;
}

/* Keeps every second point. */
static void thin_out(struct raw_step *step)
{
    for (size_t i = 0; i < step->count / 2; i++)
        step->points[i] = step->points[i * 2];
    step->count /= 2;
    step->stride *= 2;
}

void raw_points_take(void *ctx, struct model *model, struct model_step *step, uint64_t index,
                     const struct sample *samples, size_t count)
{
    struct raw_points *points = ctx;
    size_t run_index = model->run_count - 1;
    struct raw_step *to = step_of(points, run_index, step->id);
    if (!to)
        to = make_step(points, run_index, step->id);
    (void)index;
    for (size_t i = 0; to && i < count; i++) {
        const struct sample *s = &samples[i];
        int64_t latency = sample_wake_latency(s), interval = sample_silent_time(s);
        if (s->reject || latency == METRIC_NONE || interval == METRIC_NONE)
            continue;
        if (to->seen++ % to->stride != 0)
            continue;
        if (to->count == RAW_POINTS_MAX)
            thin_out(to);
        to->points[to->count++] =
            (struct raw_point){interval, latency, (int64_t)(s->event_tsc - (uint64_t)step->begin_tsc)};
    }
}

void raw_points_free(struct raw_points *points)
{
    while (points->steps) {
        struct raw_step *next = points->steps->next;
        free(points->steps);
        points->steps = next;
    }
}
