/* SPDX-License-Identifier: MIT */
/* What `idlelab replay` prints: decisions, counters, and governors side by side. */
#ifndef LAB_TOOL_REPLAY_PRINT_H
#define LAB_TOOL_REPLAY_PRINT_H

#include <stdint.h>
#include <stdio.h>

#include "run/tool/replay/lane.h"

/* More than the longest row of decisions, its end included. */
#define REPLAY_PASS_BYTES 256

enum { REPLAY_OUTPUT_BYTES = 65536 };

/* Rows of decisions on their way to a file. */
struct replay_output {
    FILE *file;
    size_t used;
    char text[REPLAY_OUTPUT_BYTES];
};

void replay_print_header(FILE *out);

/* A replay_sink; `output` is a struct replay_output. */
void replay_print_pass(void *output, const struct replay_pass *pass);

/* Writes the rows that are still on their way. */
void replay_print_rest(struct replay_output *output);

/* The same row without its end, into `text`, with a NUL behind it. Returns its length. */
int replay_format_pass(char text[REPLAY_PASS_BYTES], const struct replay_pass *pass);

/* The counters of every state, and one line of totals. */
void replay_print_metrics(FILE *out, const struct replay_lane *lane);

void replay_print_summary_header(FILE *out);

/* One line for a governor that has seen the whole trace; `name` as the user wrote it. */
void replay_print_summary(FILE *out, const char *name, const struct replay_lane *lane);

#endif
