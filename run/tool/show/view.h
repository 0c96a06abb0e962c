/* SPDX-License-Identifier: MIT */
/* How `show` prints: shared by its parts, used by nothing else. */
#ifndef LAB_TOOL_SHOW_VIEW_H
#define LAB_TOOL_SHOW_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "run/tool/model/model.h"

struct show_view {
    FILE *out;
    size_t width;
    bool ticks; /* TSC ticks instead of nanoseconds */
    bool utf8;  /* block characters */
    bool facts; /* every env and cpu fact */
};

/* The platform, its warnings and what the run came to. */
void show_header(const struct show_view *view, struct model *model, const struct model_run *run);

/* Why steps did not pass. */
void show_failures(const struct show_view *view, const struct model_run *run);

/* Scalar results, a line a step. */
void show_scalars(const struct show_view *view, const struct model_run *run);

/* One line a step. */
void show_steps(const struct show_view *view, const struct model_run *run);

/* The tables of the steps' own rows; long ones are only named. */
void show_rows(const struct show_view *view, const struct model_run *run);

/* Clocks, residencies, power and temperatures, a line a step; nothing where the log has none. */
void show_vitals(const struct show_view *view, const struct model_run *run);

/* All tables of one step. */
void show_step_rows(const struct show_view *view, const struct model_run *run, const struct model_step *step);

/* One line of blocks a step. */
void show_plots(const struct show_view *view, struct model *model, struct model_run *run);

/* The increases of the host's counters, a sentence a step and vCPU; nothing where the log has none. */
void show_host(const struct show_view *view, const struct model_run *run);

/* All that the host's records say of one step. */
void show_step_host(const struct show_view *view, const struct model_step *step);

/* Findings in words: the run's and every step's. */
void show_findings(const struct show_view *view, const struct model_run *run);

/* All that the log says of one step. */
void show_step(const struct show_view *view, struct model *model, const struct model_run *run, struct model_step *step);

/* "pass", "FAIL", "skip", or what the log lacks. */
const char *show_verdict(const struct model_step *step);

#endif
