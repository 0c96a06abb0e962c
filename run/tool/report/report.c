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
#include "run/tool/report/view.h"

/* All models together; a page of more would not open in a browser either. */
#define REPORT_LIMIT_BYTES MODEL_LIMIT_BYTES
#define REPORT_LOGS_MAX    64

/* What only a page of ours holds, near its beginning (page.c). */
#define OWN_MARK        "<title>idlelab report</title>"
#define OWN_MARK_WITHIN 1024

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

/* True where nothing is at `name`, or a page that this command wrote. */
static bool is_ours(const char *name)
{
    char start[OWN_MARK_WITHIN + 1];
    struct stat old;
    FILE *file;
    size_t bytes;

    if (stat(name, &old) != 0 || !S_ISREG(old.st_mode))
        return true; /* a device, or what cannot be written: that has a message of its own */
    file = fopen(name, "r");
    if (!file)
        return false;
    bytes = fread(start, 1, OWN_MARK_WITHIN, file);
    fclose(file);
    start[bytes] = '\0';
    return bytes == 0 || strstr(start, OWN_MARK) != NULL;
}

/*
 * Writes beside the wanted file and renames, so that no half page is ever seen, and none is left: the page is whole
 * before the file is made. What is no file (a device, a pipe) is written to as it is.
 */
static bool write_file(const char *name, const char *page, size_t bytes)
{
    char part[4096];
    struct stat old;
    bool beside = stat(name, &old) != 0 || S_ISREG(old.st_mode);
    mode_t mask = umask(0);
    bool good;
    FILE *out;
    int file, error;

    umask(mask);
    if (snprintf(part, sizeof(part), "%s.XXXXXX", name) >= (int)sizeof(part)) {
        errno = ENAMETOOLONG;
        return false;
    }
    file = beside ? mkstemp(part) : open(name, O_WRONLY);
    out = file < 0 ? NULL : fdopen(file, "w");
    if (!out)
        return false;
    good = fwrite(page, 1, bytes, out) == bytes && (!beside || fchmod(file, 0666 & ~mask) == 0);
    good = fclose(out) == 0 && good && (!beside || rename(part, name) == 0);
    error = errno;
    if (!good && beside)
        unlink(part);
    errno = error;
    return good;
}

static bool write_page(struct report *report, const char *name)
{
    char *page = NULL;
    size_t bytes = 0;
    FILE *out;
    bool good;

    if (strcmp(name, "-") == 0) {
        report_page(stdout, report);
        return fflush(stdout) == 0;
    }
    out = open_memstream(&page, &bytes);
    if (!out)
        return false;
    report_page(out, report);
    good = !ferror(out);
    good = fclose(out) == 0 && good && write_file(name, page, bytes);
    free(page);
    return good;
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
    if (write_page(report, arguments->output))
        return exit_of(report);
    fprintf(stderr, "idlelab report: %s: %s\n", arguments->output, strerror(errno));
    return TOOL_USAGE;
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
    int code;

    arguments = (struct arguments){.output = "report.html"};
    message = read_arguments(argc, argv, &arguments);
    if (message)
        return command_usage(&COMMAND_REPORT, message);
    if (strcmp(arguments.output, "-") != 0 && !arguments.force && !is_ours(arguments.output)) {
        fprintf(stderr, "idlelab report: %s: not written: it is no report of idlelab; --force replaces it\n",
                arguments.output);
        return TOOL_USAGE;
    }
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
    "[-o FILE.html] [--force] LOG... | --group NAME=LOG [LOG...]...",
    "write one self-contained page with tables and plots",
    "  --output, -o FILE  where to (report.html; - is standard output)\n"
    "  --group NAME=LOG   this log and those behind it are boots of one group\n"
    "  --force            replace a file that is no report\n",
};
