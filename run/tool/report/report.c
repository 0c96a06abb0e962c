/* SPDX-License-Identifier: MIT */
/* idlelab report: one or several logs as one page that needs no other file. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/report/assets.h"
#include "run/tool/command.h"
#include "run/tool/report/view.h"

/* All models together; a page of more would not open in a browser either. */
#define REPORT_LIMIT_BYTES MODEL_LIMIT_BYTES
#define REPORT_LOGS_MAX    64

static bool load_all(struct report *report, char **names)
{
    for (size_t i = 0; i < report->log_count; i++) {
        struct report_log *log = &report->logs[i];
        log->name = names[i];
        model_init(&log->model, REPORT_LIMIT_BYTES / report->log_count);
    }
    for (size_t i = 0; i < report->log_count; i++) {
        struct report_log *log = &report->logs[i];
        struct load_options load = {.on_raw = raw_points_take, .raw_ctx = &log->raw};
        if (!load_log(log->name, &load, &log->model, &log->result))
            return false;
    }
    return true;
}

/* Writes beside the wanted file and renames, so that no half page is ever seen. */
static bool write_page(struct report *report, const char *name)
{
    char part[4096];
    FILE *out;
    bool good;

    if (strcmp(name, "-") == 0) {
        report_page(stdout, report);
        return fflush(stdout) == 0;
    }
    if (snprintf(part, sizeof(part), "%s.part", name) >= (int)sizeof(part)) {
        errno = ENAMETOOLONG;
        return false;
    }
    out = fopen(part, "w");
    if (!out)
        return false;
    report_page(out, report);
    good = !ferror(out);
    good = fclose(out) == 0 && good;
    return good && rename(part, name) == 0;
}

/* The worst exit code that `check` would give for these logs. */
static int exit_of(const struct report *report)
{
    int code = TOOL_PASS;
    for (size_t i = 0; i < report->log_count; i++)
        if ((int)report->logs[i].result.exit > code)
            code = (int)report->logs[i].result.exit;
    return code;
}

static int run_report(int argc, char **argv)
{
    static const struct option options[] = {{"output", required_argument, NULL, 'o'}, {NULL, 0, NULL, 0}};
    const char *output = "report.html";
    int option;
    struct report report;
    int code;

    while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
        if (option != 'o')
            return command_usage(&COMMAND_REPORT, "unknown option");
        output = optarg;
    }
    report = (struct report){.log_count = (size_t)(argc - optind)};
    if (report.log_count < 1 || report.log_count > REPORT_LOGS_MAX)
        return command_usage(&COMMAND_REPORT, "expected 1 to 64 LOGs");
    report.logs = calloc(report.log_count, sizeof(*report.logs));
    code = TOOL_USAGE;
    if (!report.logs) {
        perror("idlelab report");
    } else if (load_all(&report, argv + optind)) {
        if (!asset_uplot_js[0])
            fputs("idlelab report: built without uPlot: the plots are plain pictures\n", stderr);
        if (write_page(&report, output))
            code = exit_of(&report);
        else
            fprintf(stderr, "idlelab report: %s: %s\n", output, strerror(errno));
    }
    for (size_t i = 0; report.logs && i < report.log_count; i++) {
        model_free(&report.logs[i].model);
        raw_points_free(&report.logs[i].raw);
    }
    free(report.logs);
    return code;
}

const struct command COMMAND_REPORT = {
    "report",
    run_report,
    "[-o FILE.html] LOG...",
    "write one self-contained page with tables and plots",
    "  --output, -o FILE  where to (report.html; - is standard output)\n",
};
