/* SPDX-License-Identifier: MIT */
/*
 * The subcommands of build/idlelab: one file each, listed in main.c. Each gets its own argv (argv[0] is its name) and
 * returns an enum tool_exit (load.h).
 */
#ifndef LAB_TOOL_COMMAND_H
#define LAB_TOOL_COMMAND_H

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;   /* the arguments, one line */
    const char *summary; /* what it does, one line */
    const char *options; /* one line an option, or empty */
};

extern const struct command COMMAND_CHECK, COMMAND_SHOW, COMMAND_REPORT, COMMAND_COMPARE, COMMAND_EXPORT, COMMAND_DB,
    COMMAND_REPLAY, COMMAND_CSTATES, COMMAND_SWEEP, COMMAND_PLAN, COMMAND_TRACE, COMMAND_ADVISE, COMMAND_FLEET,
    COMMAND_SCAN, COMMAND_BUNDLE;

/* The commit that this program was built from. */
extern const char tool_version[];

/* Prints `message` and the usage of `command` to stderr. Returns TOOL_USAGE. */
int command_usage(const struct command *command, const char *message);

#endif
