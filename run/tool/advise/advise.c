/* SPDX-License-Identifier: MIT */
/* idlelab advise: what each governor and each limit would have done with a recorded load (docs/your-own-trace.md). */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/advise/advice.h"
#include "run/tool/command.h"
#include "run/tool/log/load.h"

enum { OPTION_TABLE = 1 };

static const struct option OPTIONS[] = {
    {"table", required_argument, NULL, OPTION_TABLE},
    {NULL, 0, NULL, 0},
};

static int run_advise(int argc, char **argv)
{
    const char *measured = NULL;
    struct advice *advice;
    int option, code = TOOL_PASS;

    opterr = 0;
    optind = 0;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        if (option != OPTION_TABLE)
            return command_usage(&COMMAND_ADVISE, "unknown option, or its value is missing");
        measured = optarg;
    }
    if (optind == argc)
        return command_usage(&COMMAND_ADVISE, "expected a folder of `idlelab trace import'");
    advice = calloc(1, sizeof(*advice));
    if (advice)
        advice->cpu = calloc(ADVICE_CPUS_MAX, sizeof(*advice->cpu));
    if (!advice || !advice->cpu) {
        free(advice);
        perror("idlelab advise");
        return TOOL_USAGE;
    }
    for (int i = optind; i < argc && code == TOOL_PASS; i++)
        code = advice_read(advice, argv[i], measured) ? TOOL_PASS : TOOL_USAGE;
    if (code == TOOL_PASS && advice->rows == 0) {
        fprintf(stderr, "idlelab advise: no idle period is in there\n");
        code = TOOL_USAGE;
    }
    if (code == TOOL_PASS) {
        advice_print(advice);
        advice_plot(advice);
        advice_words(advice);
        advice_polls(advice);
        advice_cpus(advice);
    }
    free(advice->cpu);
    free(advice);
    return code;
}

const struct command COMMAND_ADVISE = {
    "advise",
    run_advise,
    "OUTDIR... [--table T.csv]",
    "what each governor and latency limit would have done with a recorded load",
    "  OUTDIR          a folder that `idlelab trace import` wrote\n"
    "  --table T.csv   a measured table of the same states, from `idlelab cstates --csv`: costs are taken from it, "
    "and\n"
    "                  what is wrong with the recorded one is said\n",
};
