/* SPDX-License-Identifier: MIT */
/* Reads a whole log, from any source, into a model: every subcommand begins with it. */
#ifndef LAB_TOOL_LOG_LOAD_H
#define LAB_TOOL_LOG_LOAD_H

#include <stdbool.h>
#include <stdio.h>

#include "run/log/state.h"
#include "run/tool/model/model.h"

/* Exit codes of the tool (docs/host-tool.md). */
enum tool_exit {
    TOOL_PASS = 0,      /* the run passed */
    TOOL_FAIL = 1,      /* the run's result is FAIL or ERROR, or a --fail-if holds */
    TOOL_USAGE = 2,     /* a wrong command line, or a file that cannot be opened */
    TOOL_LOSS = 3,      /* the log is damaged or incomplete */
    TOOL_UNDECIDED = 4, /* a --fail-if that these boots can neither keep nor break */
};

struct load_options {
    bool follow;                /* wait for more until END */
    bool progress;              /* say on stderr how far a live run is */
    bool quiet;                 /* no problem lines on stderr */
    uint64_t problem_lines_max; /* so many are printed, then only their number; 0 is 20 */
    FILE *problems;             /* where problem lines go; NULL is stderr */
    /* Every intact record of good JSON, in the order of arrival; may be NULL. */
    void (*on_record)(void *ctx, const struct log_item *item);
    void *record_ctx;
    /* Passed on to the model; may be NULL. */
    void (*on_raw)(void *ctx, struct model *model, struct model_step *step, uint64_t index,
                   const struct sample *samples, size_t count);
    void *raw_ctx;
};

struct load_result {
    struct log_counts counts;
    enum tool_exit exit; /* what `check` would exit with */
};

/*
 * Reads log `name` (source.h) into `model`, which the caller initialised and frees. Returns false, having said why on
 * stderr, where it cannot be opened or read.
 */
bool load_log(const char *name, const struct load_options *options, struct model *model, struct load_result *result);

#endif
