/* SPDX-License-Identifier: MIT */
/* build/idlelab: turns a log of the lab into verdicts, tables and plots (docs/host-tool.md). */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run/log/clean_output.h"
#include "run/tool/command.h"
#include "run/tool/log/load.h"
#include "run/log/standard.h"

static const struct command *const COMMANDS[] = {
    &COMMAND_CHECK, &COMMAND_SHOW,   &COMMAND_REPORT,  &COMMAND_COMPARE, &COMMAND_EXPORT,
    &COMMAND_DB,    &COMMAND_REPLAY, &COMMAND_CSTATES, &COMMAND_SWEEP,   &COMMAND_PLAN,
    &COMMAND_TRACE, &COMMAND_ADVISE, &COMMAND_FLEET,   &COMMAND_SCAN,    &COMMAND_BUNDLE,
};
#define COMMAND_COUNT (sizeof(COMMANDS) / sizeof(COMMANDS[0]))

static void print_command(FILE *out, const struct command *command)
{
    fprintf(out, "usage: idlelab %s %s\n%s\n", command->name, command->usage, command->summary);
    if (command->options[0])
        fprintf(out, "\n%s", command->options);
}

static void print_help(FILE *out)
{
    fputs("usage: idlelab SUBCOMMAND ...\nturn logs of the lab into verdicts, tables and plots\n\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-8s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    fputs("\nA LOG is a file, - (standard input), /dev/ttyUSB0[,baud], tcp:host:port or unix:path.\n"
          "Exit: 0 the run passed, 1 it failed, 2 wrong usage, 3 the log is damaged or incomplete,\n"
          "4 a --fail-if cannot be decided.\n"
          "`idlelab SUBCOMMAND --help` says more.\n",
          out);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(COMMANDS[i]->name, name) == 0)
            return COMMANDS[i];
    return NULL;
}

/*
 * False with a line where standard output is closed: the next file that is opened, an archive perhaps, would get its
 * number. The other two get /dev/null.
 */
static bool open_standard(void)
{
    bool good = fcntl(STDOUT_FILENO, F_GETFD) >= 0;

    standard_open();
    if (!good)
        fprintf(stderr, "idlelab: standard output is closed\n");
    return good;
}

static int run_command(int argc, char **argv)
{
    const struct command *command;

    if (argc < 2) {
        print_help(stderr);
        return TOOL_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return TOOL_PASS;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("idlelab %s\n", tool_version);
        return TOOL_PASS;
    }
    command = find_command(argv[1]);
    if (!command) {
        fprintf(stderr, "idlelab: no subcommand '%s'\n", argv[1]);
        print_help(stderr);
        return TOOL_USAGE;
    }
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_command(stdout, command);
            return TOOL_PASS;
        }
    return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    int code;

    if (!open_standard())
        return TOOL_USAGE;
    clean_output();
    code = run_command(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr, "idlelab: standard output could not be written\n");
    return TOOL_USAGE;
}
