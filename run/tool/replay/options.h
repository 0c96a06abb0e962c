/* SPDX-License-Identifier: MIT */
/* The command line of `idlelab replay`. */
#ifndef LAB_TOOL_REPLAY_OPTIONS_H
#define LAB_TOOL_REPLAY_OPTIONS_H

#include "run/tool/replay/lane.h"

struct replay_request {
    const char *governors; /* a word, a list with commas, or `all` */
    const char *table;
    const char *trace;
    const char *metrics; /* NULL: none wanted */
    struct replay_setup setup;
};

/* Reads argv, whose first word is the subcommand. NULL, or what was expected instead. */
const char *replay_options(struct replay_request *request, int argc, char **argv);

#endif
