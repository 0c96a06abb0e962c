/* SPDX-License-Identifier: MIT */
/* idlelab plan: a script read by the image's own parser, against the image's own experiments, before anything boots. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/tool/command.h"
#include "run/tool/log/load.h"
#include "run/tool/plan/known.h"
#include "run/tool/plan/planner.h"
#include "run/tool/plan/table.h"

struct plan_options {
    const char *image;
    const char *facts;
    bool quiet;
};

/* The whole of a file, which the caller frees. NULL with a line. */
static char *read_script_file(const char *path, size_t *bytes)
{
    FILE *stream = fopen(path, "rb");
    char *text = stream ? malloc(SCRIPT_TEXT_MAX + 1) : NULL;

    if (text)
        *bytes = fread(text, 1, SCRIPT_TEXT_MAX + 1, stream);
    if (!text || ferror(stream)) {
        fprintf(stderr, "idlelab plan: %s: %s\n", path, strerror(errno));
        free(text);
        text = NULL;
    }
    if (stream)
        fclose(stream);
    return text;
}

/* As the launchers take it: a file, the name of a script in the image, or the text of one. *owned is to be freed. */
static bool choose_script(struct planner *planner, const char *wish, char **owned)
{
    size_t bytes = strlen(wish);

    *owned = NULL;
    if (access(wish, F_OK) == 0) {
        *owned = read_script_file(wish, &bytes);
        if (*owned)
            planner_take_file(planner, wish, *owned, bytes);
        return *owned != NULL;
    }
    if (!strchr(wish, ' ') && (strchr(wish, '/') || (bytes > 4 && strcmp(wish + bytes - 4, ".lab") == 0))) {
        fprintf(stderr, "idlelab plan: %s: no such file\n", wish);
        return false;
    }
    planner_take_words(planner, "script", wish);
    return true;
}

static int print_plan(struct planner *planner, const struct plan_options *options)
{
    struct known_machine *known = NULL; /* for the rest of this process */

    if (options->facts) {
        known = known_machine_read(options->facts);
        if (!known)
            return TOOL_USAGE;
    }
    plan_print(planner->file, &planner->plan, known);
    return TOOL_PASS;
}

static int plan_script(struct planner *planner, const struct plan_options *options, const char *wish)
{
    const char *why = planner_open(planner, options->image);
    char *owned;
    int code = TOOL_USAGE;

    if (why) {
        fprintf(stderr, "idlelab plan: %s %s; `make image` makes it\n", planner->path, why);
        return TOOL_LOSS;
    }
    if (choose_script(planner, wish, &owned) && planner_build(planner))
        code = options->quiet ? TOOL_PASS : print_plan(planner, options);
    free(owned);
    return code;
}

static int run_plan(int argc, char **argv)
{
    static const struct option known[] = {{"cpu-facts", required_argument, NULL, 'c'},
                                          {"image", required_argument, NULL, 'i'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {NULL, 0, NULL, 0}};
    struct plan_options options = {NULL, NULL, false};
    static struct planner planner;
    int option, code;

    while ((option = getopt_long(argc, argv, "c:i:q", known, NULL)) != -1)
        if (option == 'c')
            options.facts = optarg;
        else if (option == 'i')
            options.image = optarg;
        else if (option == 'q')
            options.quiet = true;
        else
            return command_usage(&COMMAND_PLAN, "unknown option");
    if (argc - optind != 1)
        return command_usage(&COMMAND_PLAN, "expected one SCRIPT");
    code = plan_script(&planner, &options, argv[optind]);
    planner_close(&planner);
    return code;
}

const struct command COMMAND_PLAN = {
    "plan",
    run_plan,
    "[--cpu-facts LOG] [--image FILE] [--quiet] SCRIPT",
    "check a script without a machine: errors, steps, time, bytes",
    "SCRIPT is a file, the name of a script in the image, or the text of one, as for run/qemu --script.\n"
    "  --cpu-facts, -c LOG  say which steps the machine of that log will skip\n"
    "  --image, -i FILE     the image with symbols (link/pvh.elf beside this program)\n"
    "  --quiet, -q          print errors only\n"
    "Exit: 0 the script is right, 2 it is wrong, 3 there is no image to ask.\n",
};
