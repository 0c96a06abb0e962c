/* SPDX-License-Identifier: MIT */
/* How `show` prints: shared by its parts, used by nothing else. */
#ifndef LAB_TOOL_SHOW_VIEW_H
#define LAB_TOOL_SHOW_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "run/tool/model/model.h"
#include "run/tool/model/platform.h"

struct show_view {
    FILE *out;
    size_t width;
    bool ticks; /* TSC ticks instead of nanoseconds */
    bool utf8;  /* block characters */
    bool facts; /* every env and cpu fact */
};

/* What qualifies every number below, the machine in a line, and what the run came to. */
void show_top(const struct show_view *view, struct model *model, const struct model_run *run,
              const struct platform *platform);

/* All rows of the platform, and every fact where they are asked for. */
void show_platform(const struct show_view *view, struct model *model, const struct model_run *run,
                   const struct platform *platform);

/* What a screen holds: findings, failures, a line an experiment. */
void show_brief(const struct show_view *view, const struct model_run *run, const struct platform *platform);

/* Why steps did not pass. */
void show_failures(const struct show_view *view, const struct model_run *run);

/* Scalar results: those of many steps as one line, the others a line a step. */
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

/* Findings in words, the run's and every step's: what many steps have once, and not what show_top() has said. */
void show_findings(const struct show_view *view, const struct model_run *run, const struct platform *platform);

/*
 * The same, those that matter most, each in `lines_each` lines at the most, until `lines_max` are full; then how many
 * more there are.
 */
void show_findings_brief(const struct show_view *view, const struct model_run *run, const struct platform *platform,
                         size_t lines_max, size_t lines_each);

/* All that the log says of one step. */
void show_step(const struct show_view *view, struct model *model, const struct model_run *run, struct model_step *step);

/* "pass", "FAIL", "skip", or what the log lacks. */
const char *show_verdict(const struct model_step *step);

#endif
