/* SPDX-License-Identifier: MIT */
#include "run/tool/log/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run/log/clean_output.h"

void progress_init(struct progress *progress, bool on)
{
    *progress = (struct progress){.on = on, .terminal = isatty(STDERR_FILENO), .last_step = -1};
}

void progress_clear(struct progress *progress)
{
    if (progress->drawn)
        clean_output_clear_line();
    progress->drawn = false;
}

void progress_show(struct progress *progress, const struct model *model)
{
    struct model_run *run;
    const struct model_step *step;
    size_t place;
    bool same;

    if (!progress->on || model->run_count == 0)
        return;
    run = &model->runs[model->run_count - 1];
    step = NULL;
    place = 0;
    for (size_t i = 0; i < run->step_count; i++)
        if (run->steps[i].id == run->running_step) {
            step = &run->steps[i];
            place = i + 1;
        }
    same = step && step->id == progress->last_step;
    if (!step || (same && (!progress->terminal || step->done == progress->last_done)))
        return;
    progress->last_step = step->id;
    progress->last_done = step->done;
    progress_clear(progress);
    fprintf(stderr, "step %zu/%zu %s", place, run->step_count, step->name);
    if (step->done > 0)
        fprintf(stderr, " %" PRIu64 "/%" PRIu64, step->done, step->planned_n);
    if (!progress->terminal)
        fputc('\n', stderr);
    progress->drawn = progress->terminal;
    fflush(stderr);
}
