/* SPDX-License-Identifier: MIT */
/*
 * One line on stderr that says how far a live run is: redrawn in place on a terminal, a new line for each step
 * elsewhere.
 */
#ifndef LAB_TOOL_LOG_PROGRESS_H
#define LAB_TOOL_LOG_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "run/tool/model/model.h"

struct progress {
    bool on, terminal;
    bool drawn;        /* a line is on the terminal and has to be cleared */
    int64_t last_step; /* the step that was printed last */
    uint64_t last_done;
};

void progress_init(struct progress *progress, bool on);

/* Prints where the run is, when that has changed. */
void progress_show(struct progress *progress, const struct model *model);

/* Clears the line before something else is written. */
void progress_clear(struct progress *progress);

#endif
