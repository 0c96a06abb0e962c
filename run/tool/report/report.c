/* SPDX-License-Identifier: MIT */
/* idlelab report: one or several logs as one page that needs no other file. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/tool/report/assets.h"
#include "run/tool/command.h"
#include "run/tool/idle_page/page.h"
#include "run/tool/report/view.h"

/* All models together; a page of more would not open in a browser either. */
#define REPORT_LIMIT_BYTES MODEL_LIMIT_BYTES
#define REPORT_LOGS_MAX    64

struct arguments {
    const char *output;
    bool force;
    size_t log_count;
    const char *logs[REPORT_LOGS_MAX];
    const char *groups[REPORT_LOGS_MAX]; /* of each log; NULL: none */
};

static bool load_all(struct report *report)
{
    for (size_t i = 0; i < report->log_count; i++)
        model_init(&report->logs[i].model, REPORT_LIMIT_BYTES / report->log_count);
    for (size_t i = 0; i < report->log_count; i++) {
        struct report_log *log = &report->logs[i];
        struct load_options load = {.on_raw = raw_points_take, .raw_ctx = &log->raw};
        if (!load_log(log->name, &load, &log->model, &log->result))
            return false;
    }
    return true;
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

static void print_page(FILE *out, const void *context)
{
    report_page(out, *(struct report *const *)context);
}

static int make_report(struct report *report, const struct arguments *arguments)
{
    if (!load_all(report))
        return TOOL_USAGE;
    if (!report_list_runs(report)) {
        perror("idlelab report");
        return TOOL_USAGE;
    }
    if (!asset_uplot_js[0])
        fputs("idlelab report: built without uPlot: the plots are plain pictures\n", stderr);
    return report_write(arguments->output, print_page, &report) ? exit_of(report) : TOOL_USAGE;
}

/* Takes one LOG, with the group that stands before it. False: too many. */
static bool take_log(struct arguments *arguments, const char *name, const char *group)
{
    if (arguments->log_count == REPORT_LOGS_MAX)
        return false;
    arguments->logs[arguments->log_count] = name;
    arguments->groups[arguments->log_count++] = group;
    return true;
}

/* "A=first.log": the group's name is cut off. NULL: it has none. */
static const char *split_group(char *text, const char **group)
{
    char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1])
        return NULL;
    *equals = '\0';
    *group = text;
    return equals + 1;
}

/* Returns an error message, or NULL. `-` in the string of options keeps logs and groups in their order. */
static const char *read_arguments(int argc, char **argv, struct arguments *arguments)
{
    static const struct option options[] = {{"output", required_argument, NULL, 'o'},
                                            {"group", required_argument, NULL, 'g'},
                                            {"force", no_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    const char *group = NULL, *name;
    bool room = true;
    int option;

    while ((option = getopt_long(argc, argv, "-o:", options, NULL)) != -1) {
        name = option == 1 ? optarg : NULL;
        if (option == '?')
            return "unknown option";
        if (option == 'g' && !(name = split_group(optarg, &group)))
            return "expected --group NAME=LOG";
        if (option == 'o')
            arguments->output = optarg;
        arguments->force |= option == 'f';
        room = room && (!name || take_log(arguments, name, group));
    }
    for (; optind < argc; optind++)
        room = room && take_log(arguments, argv[optind], group);
    if (!room || arguments->log_count < 1)
        return "expected 1 to 64 LOGs";
    if (group && !arguments->groups[0])
        return "expected --group before the first LOG";
    return NULL;
}

static int run_report(int argc, char **argv)
{
    static struct arguments arguments;
    const char *message;
    struct report report = {0};
    size_t folders = 0;
    int code;

    arguments = (struct arguments){.output = "report.html"};
    message = read_arguments(argc, argv, &arguments);
    if (message)
        return command_usage(&COMMAND_REPORT, message);
    if (!arguments.force && !report_may_replace(arguments.output))
        return TOOL_USAGE;
    for (size_t i = 0; i < arguments.log_count; i++)
        folders += idle_page_is(arguments.logs[i]);
    if (folders > 0 && (folders < arguments.log_count || arguments.groups[0]))
        return command_usage(&COMMAND_REPORT,
                             "expected logs alone, or folders of `idlelab trace import' without groups");
    if (folders > 0)
        return idle_page_write(arguments.output, arguments.logs, folders);
    report.logs = calloc(arguments.log_count, sizeof(*report.logs));
    if (!report.logs) {
        perror("idlelab report");
        return TOOL_USAGE;
    }
    report.log_count = arguments.log_count;
    report.has_groups = arguments.groups[0] != NULL;
    for (size_t i = 0; i < report.log_count; i++) {
        report.logs[i].name = arguments.logs[i];
        report.logs[i].group = arguments.groups[i] ? arguments.groups[i] : "";
    }
    code = make_report(&report, &arguments);
    for (size_t i = 0; i < report.log_count; i++) {
        model_free(&report.logs[i].model);
        raw_points_free(&report.logs[i].raw);
    }
    report_free_runs(&report);
    free(report.logs);
    return code;
}

const struct command COMMAND_REPORT = {
    "report",
    run_report,
    "[-o FILE.html] [--force] LOG... | --group NAME=LOG [LOG...]... | OUTDIR...",
    "write one self-contained page with tables and plots",
    "  OUTDIR             a folder that `idlelab trace import` wrote: how that Linux slept\n"
    "  --output, -o FILE  where to (report.html; - is standard output)\n"
    "  --group NAME=LOG   this log and those behind it are boots of one group\n"
    "  --force            replace a file that is no report\n",
};
