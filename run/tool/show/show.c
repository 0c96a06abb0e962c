/* SPDX-License-Identifier: MIT */
/* idlelab show: a log as tables, plots and sentences in the terminal. */
#include <fnmatch.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/tool/command.h"
#include "run/tool/log/load.h"
#include "run/tool/show/paint.h"
#include "run/tool/show/view.h"
#include "run/tool/show/text_table.h"

/* Width where the output is no terminal: nothing is left out of the tables. */
#define PIPE_WIDTH_COLUMNS 160
#define WIDTH_MIN          40
#define WIDTH_MAX          1000

struct show_options {
    struct show_view view;
    struct load_options load;
    const char *step; /* a name, or a pattern as a shell's */
    bool brief;
};

static bool read_options(struct show_options *show, int argc, char **argv)
{
    static const struct option options[] = {
        {"follow", no_argument, NULL, 'f'},
        {"ticks", no_argument, NULL, 't'},
        {"step", required_argument, NULL, 's'},
        {"width", required_argument, NULL, 'w'},
        {"facts", no_argument, NULL, 'a'},
        {"brief", no_argument, NULL, 'b'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "fts:w:ab", options, NULL)) != -1)
        if (option == 'f')
            show->load.follow = true;
        else if (option == 't')
            show->view.ticks = true;
        else if (option == 's')
            show->step = optarg;
        else if (option == 'w')
            show->view.width = strtoul(optarg, NULL, 10);
        else if (option == 'a')
            show->view.facts = true;
        else if (option == 'b')
            show->brief = true;
        else
            return false;
    return argc - optind == 1 && show->view.width >= WIDTH_MIN && show->view.width <= WIDTH_MAX;
}

static bool is_wanted(const struct show_options *show, const struct model_step *step)
{
    return fnmatch(show->step, step->name, 0) == 0;
}

static void show_run(const struct show_options *show, struct model *model, struct model_run *run)
{
    const struct show_view *view = &show->view;
    struct platform platform;

    platform_of(model, run, &platform);
    show_top(view, model, run, &platform);
    for (size_t i = 0; show->step && i < run->step_count; i++)
        if (is_wanted(show, &run->steps[i]))
            show_step(view, model, run, &run->steps[i]);
    if (show->step)
        return;
    if (show->brief) {
        show_brief(view, run, &platform);
        return;
    }
    show_findings(view, run, &platform);
    show_failures(view, run);
    show_steps(view, run);
    show_plots(view, model, run);
    show_scalars(view, run);
    show_vitals(view, run);
    show_rows(view, run);
    show_host(view, run);
    show_platform(view, model, run, &platform);
}

/* True where the log holds the wanted step; says which there are otherwise. */
static bool has_step(const struct show_options *show, const struct model *model)
{
    for (size_t i = 0; i < model->run_count; i++)
        for (size_t j = 0; j < model->runs[i].step_count; j++)
            if (is_wanted(show, &model->runs[i].steps[j]))
                return true;
    fprintf(stderr, "idlelab show: no step '%s'; the log has", show->step);
    for (size_t i = 0; i < model->run_count; i++)
        for (size_t j = 0; j < model->runs[i].step_count; j++)
            fprintf(stderr, " %s", model->runs[i].steps[j].name);
    fputc('\n', stderr);
    return false;
}

static int show_log(struct show_options *show, const char *name, struct model *model)
{
    struct load_result result;
    if (!load_log(name, &show->load, model, &result))
        return TOOL_USAGE;
    if (show->step && !has_step(show, model))
        return TOOL_USAGE;
    if (result.exit == TOOL_LOSS) {
        paint(show->view.out, PAINT_WARN);
        print_wrapped(show->view.out, "! The log is damaged or incomplete: `idlelab check` says where.", 0, 2,
                      show->view.width);
        paint(show->view.out, PAINT_PLAIN);
    }
    for (size_t i = 0; i < model->run_count; i++) {
        if (i > 0)
            fputs("\n----\n\n", show->view.out);
        show_run(show, model, &model->runs[i]);
    }
    return (int)result.exit;
}

static int run_show(int argc, char **argv)
{
    struct show_options show;
    struct model model;
    int code;

    setlocale(LC_CTYPE, "");
    show = (struct show_options){
        .view = {.out = stdout,
                 .width = terminal_width(stdout, PIPE_WIDTH_COLUMNS),
                 .utf8 = isatty(STDOUT_FILENO) && strcmp(nl_langinfo(CODESET), "UTF-8") == 0},
        .load = {.progress = true},
    };
    if (show.view.width < WIDTH_MIN)
        show.view.width = WIDTH_MIN;
    if (!read_options(&show, argc, argv))
        return command_usage(&COMMAND_SHOW, "expected one LOG, and --width from 40 to 1000");
    model_init(&model, MODEL_LIMIT_BYTES);
    code = show_log(&show, argv[optind], &model);
    model_free(&model);
    return code;
}

const struct command COMMAND_SHOW = {
    "show",
    run_show,
    "[--brief] [--ticks] [--step NAME] [--facts] [--width N] [--follow] LOG",
    "print findings, tables and plots",
    "  --brief, -b      what a screen holds: findings, failures, a line an experiment\n"
    "  --ticks, -t      TSC ticks instead of nanoseconds\n"
    "  --step, -s NAME  all that the log says of one step; of several by a pattern: 'wake_*'\n"
    "  --facts, -a      every fact of the run and the processor\n"
    "  --width, -w N    line width (the terminal's; COLUMNS or 160 when piped)\n"
    "  --follow, -f     wait for more at the end of a file until the run ends\n"
    "In colour on a terminal, unless NO_COLOR is set.\n",
};
