/* SPDX-License-Identifier: MIT */
/* idlelab export: a log in the formats that other tools read. One form a file. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/command.h"
#include "run/tool/export/forms.h"

static const struct {
    const char *option;
    bool (*write)(const char *name, FILE *out, enum tool_exit *code);
} FORMS[] = {
    {"--jsonl", export_jsonl}, {"--csv", export_csv},     {"--hlog", export_hlog}, {"--hgrm", export_hgrm},
    {"--junit", export_junit}, {"--kcidb", export_kcidb}, {"--host", export_host},
};

static int run_export(int argc, char **argv)
{
    const char *log = NULL;
    size_t form = sizeof(FORMS) / sizeof(FORMS[0]);
    for (int i = 1; i < argc; i++) {
        bool known = false;
        for (size_t f = 0; f < sizeof(FORMS) / sizeof(FORMS[0]); f++)
            if (strcmp(argv[i], FORMS[f].option) == 0) {
                form = f;
                known = true;
            }
        if (known)
            continue;
        if (log || (argv[i][0] == '-' && argv[i][1]))
            return command_usage(&COMMAND_EXPORT, "expected one form and one LOG");
        log = argv[i];
    }
    if (!log || form == sizeof(FORMS) / sizeof(FORMS[0]))
        return command_usage(&COMMAND_EXPORT, "expected one form and one LOG");
    enum tool_exit code = TOOL_USAGE;
    if (!FORMS[form].write(log, stdout, &code))
        return TOOL_USAGE;
    /* Output that could not be written is an error too. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("idlelab export");
        return TOOL_USAGE;
    }
    return (int)code;
}

const struct command COMMAND_EXPORT = {
    "export",
    run_export,
    "--csv|--host|--jsonl|--hlog|--hgrm|--junit|--kcidb LOG",
    "write the log in the form of another tool to standard output",
    "  --csv    raw samples, one a line, with intel/wult's column names\n"
    "  --host   the host's counters by step (run/qemu --host-stats), one a line\n"
    "  --jsonl  every intact record as one line of JSON\n"
    "  --hlog   histograms as an HdrHistogram log\n"
    "  --hgrm   percentiles as HdrHistogram's plotter reads them\n"
    "  --junit  verdicts as JUnit XML\n"
    "  --kcidb  verdicts as KCIDB JSON\n",
};
