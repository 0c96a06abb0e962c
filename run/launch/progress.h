/* SPDX-License-Identifier: MIT */
/* Shows how far a run is: one line written over and over on a terminal, separate lines on a pipe. */
#ifndef LAB_RUN_LAUNCH_PROGRESS_H
#define LAB_RUN_LAUNCH_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "run/launch/run_log.h"

struct progress {
    FILE *out; /* NULL = say nothing */
    bool terminal;
    bool line_open; /* a line without its end stands on the terminal */
    uint64_t shown_ms;
    size_t shown_step;
    uint64_t budget_times;
    uint64_t first_step_ms; /* when the first step began, on the clock of progress_show(); 0 = not yet */
};

/* `out` NULL = quiet. `budget_times`: how long a step may run on the host's clock, in budgets of it. */
void progress_init(struct progress *progress, FILE *out, uint64_t budget_times);

/* Shows the present state if it is time to. `elapsed_ms` counts from the start of the emulator. */
void progress_show(struct progress *progress, const struct run_log *log, uint64_t elapsed_ms);

/* Ends an open line, so that a message can follow. */
void progress_end(struct progress *progress);

#endif /* LAB_RUN_LAUNCH_PROGRESS_H */
