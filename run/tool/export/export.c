/* SPDX-License-Identifier: MIT */
/* idlelab export: a log in the formats that other tools read. One form a file. */
#include <stdio.h>
#include <string.h>

#include "run/tool/command.h"
#include "run/tool/export/forms.h"

enum { ORIGIN_CHARS = 64 };

static const struct export_form *const FORMS[] = {
    &EXPORT_JSONL, &EXPORT_CSV,   &EXPORT_HLOG, &EXPORT_HGRM,
    &EXPORT_JUNIT, &EXPORT_KCIDB, &EXPORT_HOST, &EXPORT_TURBOSTAT,
};

static const struct export_form *find_form(const char *option)
{
    for (size_t f = 0; f < sizeof(FORMS) / sizeof(FORMS[0]); f++)
        if (strcmp(option, FORMS[f]->option) == 0)
            return FORMS[f];
    return NULL;
}

/* The exit code of `check`; TOOL_USAGE, with a message on stderr, where the log cannot be read. */
static enum tool_exit write_form(const struct export_form *form, const char *log, const char *origin, FILE *out)
{
    struct load_options options = {.on_record = form->on_record, .record_ctx = out, .on_raw = form->on_raw};
    struct load_result result;
    struct model model;
    model_init(&model, MODEL_LIMIT_BYTES);
    if (form->head)
        fputs(form->head, out);
    if (form->begin)
        form->begin(out);
    if (form->raw_open && !(options.raw_ctx = form->raw_open(out)))
        return TOOL_USAGE;
    if (!load_log(log, &options, &model, &result))
        result.exit = TOOL_USAGE;
    if (form->raw_close)
        form->raw_close(options.raw_ctx);
    if (result.exit != TOOL_USAGE && form->write)
        form->write(out, &model);
    if (result.exit != TOOL_USAGE && form->write_as)
        form->write_as(out, &model, origin);
    model_free(&model);
    return result.exit;
}

/* KCIDB's names of those who submit: a to z, 0 to 9 and _, as it gave them out. */
static bool is_origin(const char *word)
{
    size_t chars = strlen(word);

    return chars > 0 && chars < ORIGIN_CHARS && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_") == chars;
}

static int run_export(int argc, char **argv)
{
    const struct export_form *form = NULL, *found;
    const char *log = NULL, *origin = "idlelab";

    for (int i = 1; i < argc; i++) {
        found = find_form(argv[i]);
        if (found) {
            form = found;
            continue;
        }
        if (strcmp(argv[i], "--origin") == 0 && i + 1 < argc && is_origin(argv[i + 1])) {
            origin = argv[++i];
            continue;
        }
        if (log || (argv[i][0] == '-' && argv[i][1]))
            return command_usage(&COMMAND_EXPORT, "expected one form and one LOG");
        log = argv[i];
    }
    if (!log || !form)
        return command_usage(&COMMAND_EXPORT, "expected one form and one LOG");
    return (int)write_form(form, log, origin, stdout);
}

const struct command COMMAND_EXPORT = {
    "export",
    run_export,
    "--csv|--turbostat|--host|--jsonl|--hlog|--hgrm|--junit|--kcidb [--origin NAME] LOG",
    "write the log in the form of another tool to standard output",
    "  --csv    raw samples, one a line, with intel/wult's column names; clocks and residencies are the step's\n"
    "  --turbostat  clocks, residencies, power, temperatures, a line a step, with turbostat's column names\n"
    "  --host   the host's counters by step (run/qemu --host-stats), one a line\n"
    "  --jsonl  every intact record as one line of JSON\n"
    "  --hlog   histograms as an HdrHistogram log\n"
    "  --hgrm   percentiles as HdrHistogram's plotter reads them\n"
    "  --junit  verdicts as JUnit XML\n"
    "  --kcidb  verdicts as KCIDB JSON, for kcidb-submit\n"
    "  --origin NAME  the name that KernelCI gave you (idlelab): a to z, 0 to 9 and _\n",
};
