/* SPDX-License-Identifier: MIT */
/* idlelab trace import: a recording of a running Linux into rows that replay reads (docs/your-own-trace.md). */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run/tool/command.h"
#include "run/tool/log/load.h"
#include "run/tool/trace/import.h"

enum {
    NAME_BYTES = 4096,
    HZ_MIN = 24,
    HZ_MAX = 10000,
    OPTION_TABLE = 1,
    OPTION_TIMERS,
    OPTION_KERNEL,
    OPTION_GOVERNOR,
    OPTION_HZ,
};

static const struct option OPTIONS[] = {
    {"table", required_argument, NULL, OPTION_TABLE},   {"timers", required_argument, NULL, OPTION_TIMERS},
    {"kernel", required_argument, NULL, OPTION_KERNEL}, {"governor", required_argument, NULL, OPTION_GOVERNOR},
    {"hz", required_argument, NULL, OPTION_HZ},         {NULL, 0, NULL, 0},
};

static const char *take_option(struct trace_request *request, int option)
{
    char *end;

    switch (option) {
    case 'o':
        request->output = optarg;
        return NULL;
    case OPTION_TABLE:
        request->table = optarg;
        return NULL;
    case OPTION_TIMERS:
        request->timers = optarg;
        return NULL;
    case OPTION_KERNEL:
        request->kernel = optarg;
        return NULL;
    case OPTION_GOVERNOR:
        request->governor = optarg;
        return NULL;
    case OPTION_HZ:
        request->hz = (uint32_t)strtoul(optarg, &end, 10);
        return *end == 0 && request->hz >= HZ_MIN && request->hz <= HZ_MAX ? NULL : "expected --hz with 24 to 10000";
    default:
        return "unknown option, or its value is missing";
    }
}

/* The last name of a path; `bytes` without slashes behind it. */
static const char *last_name(const char *path, size_t *bytes)
{
    size_t end = strlen(path);
    const char *name;

    while (end > 1 && path[end - 1] == '/')
        end--;
    for (name = path + end; name > path && name[-1] != '/'; name--)
        ;
    *bytes = (size_t)(path + end - name);
    return name;
}

/* Whether each of several inputs has a last name of its own, that a folder can have. */
static bool names_differ(char **inputs, int count)
{
    size_t bytes, other_bytes;

    for (int i = 0; i < count; i++) {
        const char *name = last_name(inputs[i], &bytes);

        if (bytes == 0 || name[strspn(name, "./")] == 0)
            return false;
        for (int j = 0; j < i; j++) {
            const char *other = last_name(inputs[j], &other_bytes);

            if (bytes == other_bytes && memcmp(name, other, bytes) == 0)
                return false;
        }
    }
    return true;
}

/* With several inputs each has a folder of its own in the output, by its last name. */
static int import_one(const struct trace_request *request, const char *input, bool several)
{
    char output[NAME_BYTES];
    size_t bytes;
    const char *name = last_name(input, &bytes);

    if (!several)
        return trace_import(request, input, request->output);
    mkdir(request->output, 0777);
    if (snprintf(output, sizeof(output), "%s/%.*s", request->output, (int)bytes, name) >= (int)sizeof(output))
        return TOOL_USAGE;
    return trace_import(request, input, output);
}

static int run_trace(int argc, char **argv)
{
    struct trace_request request = {0};
    int option, code = TOOL_PASS;

    if (argc < 2 || strcmp(argv[1], "import") != 0)
        return command_usage(&COMMAND_TRACE, "expected `import'");
    opterr = 0;
    optind = 0;
    argc--;
    argv++;
    while ((option = getopt_long(argc, argv, "o:", OPTIONS, NULL)) != -1) {
        const char *wrong = take_option(&request, option);

        if (wrong)
            return command_usage(&COMMAND_TRACE, wrong);
    }
    if (optind == argc || !request.output)
        return command_usage(&COMMAND_TRACE, "expected what to import, and -o OUTDIR");
    if (argc - optind > 1 && !names_differ(argv + optind, argc - optind))
        return command_usage(&COMMAND_TRACE, "several inputs go to OUTDIR/NAME each: their last names must differ");
    for (int i = optind; i < argc && code == TOOL_PASS; i++)
        code = import_one(&request, argv[i], argc - optind > 1);
    return code;
}

const struct command COMMAND_TRACE = {
    "trace",
    run_trace,
    "import DIR|FILE... -o OUTDIR [--table T.csv] [--timers F] [--hz N] [--kernel V] [--governor G]",
    "turn a recording of a running Linux into traces that replay reads",
    "  DIR             a folder that run/record-idle wrote\n"
    "  FILE            a trace alone: tracefs' text, `perf script --ns`, `trace-cmd report -t -N -r timer_start`;\n"
    "                  - is standard input; it may be packed by gzip\n"
    "                  several inputs go to a folder of OUTDIR each, by their last names\n"
    "  -o OUTDIR       cpuN.open.csv (a row a pass), cpuN.closed.csv (a row a period of the load),\n"
    "                  cpuN.table.csv, cpuN.linux.csv (what Linux did), import.txt\n"
    "  --table T.csv   the idle states, where the recording has none\n"
    "  --timers F      /proc/timer_list as it was when the recording began\n"
    "  --hz N          ticks a second of that kernel\n"
    "  --kernel V      its version, as uname -r says it\n"
    "  --governor G    its governor: menu, teo, ladder or haltpoll\n",
};
