/* SPDX-License-Identifier: MIT */
/* idlelab plan: a script read by the image's own parser, against the image's own experiments, before anything boots. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/script/script_name.h"
#include "run/tool/command.h"
#include "run/tool/log/load.h"
#include "run/tool/plan/known.h"
#include "run/tool/plan/lab.h"
#include "run/tool/plan/table.h"

enum {
    ARENA_BYTES = 64 * 1024 * 1024,
    PATH_CHARS = 4096,
};

struct plan_options {
    const char *image;
    const char *facts;
    bool quiet;
};

struct planner {
    struct arena arena;
    struct script_errors errors;
    struct lab lab;
    const char *file; /* of the script, as errors name it */
    const char *text;
    size_t bytes;
    bool is_text;
    char *owned; /* the text of a file */
    struct plan plan;
};

/* The image beside this program: build/link/pvh.elf, which has symbols. */
static const char *image_beside(char path[PATH_CHARS])
{
    static const char name[] = "link/pvh.elf";
    ssize_t bytes = readlink("/proc/self/exe", path, PATH_CHARS - sizeof(name));
    char *slash;

    path[bytes > 0 ? bytes : 0] = '\0';
    slash = strrchr(path, '/');
    memcpy(slash ? slash + 1 : path, name, sizeof(name));
    return path;
}

/* The whole of a file. False with a line. */
static bool read_script_file(struct planner *planner, const char *path)
{
    FILE *stream = fopen(path, "rb");

    planner->owned = stream ? malloc(SCRIPT_TEXT_MAX + 1) : NULL;
    if (planner->owned) {
        planner->file = path;
        planner->text = planner->owned;
        planner->bytes = fread(planner->owned, 1, SCRIPT_TEXT_MAX + 1, stream);
    }
    if (!planner->owned || ferror(stream))
        fprintf(stderr, "idlelab plan: %s: %s\n", path, strerror(errno));
    if (stream)
        fclose(stream);
    return planner->owned != NULL;
}

/* As the launchers take it: a file, the name of a script in the image, or the text of one. */
static bool choose_script(struct planner *planner, const char *wish)
{
    size_t bytes = strlen(wish);

    if (access(wish, F_OK) == 0)
        return read_script_file(planner, wish);
    if (!strchr(wish, ' ') && (strchr(wish, '/') || (bytes > 4 && strcmp(wish + bytes - 4, ".lab") == 0))) {
        fprintf(stderr, "idlelab plan: %s: no such file\n", wish);
        return false;
    }
    planner->file = "script";
    planner->text = wish;
    planner->bytes = bytes;
    planner->is_text = true;
    for (size_t i = 0; i < planner->lab.builtin_count; i++)
        if (strcmp(planner->lab.builtins[i].name, wish) == 0) {
            planner->file = wish;
            planner->text = planner->lab.builtins[i].text;
            planner->bytes = planner->lab.builtins[i].text_bytes;
            planner->is_text = false;
        }
    return true;
}

static bool build_plan(struct planner *planner)
{
    static const struct plan_limits limits = {.max_steps = PLAN_STEPS_MAX};
    static const char first[] = "survey";
    struct script script, extra;

    script_errors_init(&planner->errors);
    if (planner->is_text && script_is_mistyped(planner->text, planner->lab.specs, planner->lab.spec_count,
                                               planner->lab.scripts, &planner->errors))
        return false;
    return script_parse(planner->file, planner->text, planner->bytes, &planner->arena, &script, &planner->errors) &&
           script_parse("builtin", first, sizeof(first) - 1, &planner->arena, &extra, &planner->errors) &&
           script_put_first(&extra, &planner->arena, &script) &&
           plan_build(&script, planner->lab.specs, planner->lab.spec_count, &limits, &planner->arena, &planner->plan,
                      &planner->errors);
}

static void print_errors(const struct script_errors *errors)
{
    char line[SCRIPT_ERROR_LINE_BYTES];

    for (size_t i = 0; i < errors->kept; i++) {
        script_error_write(&errors->at[i], line, sizeof(line));
        fprintf(stderr, "%s\n", line);
    }
    if (errors->count > errors->kept)
        fprintf(stderr, "%zu more\n", errors->count - errors->kept);
    if (errors->count == 0)
        fputs("idlelab plan: no memory for the plan\n", stderr);
}

static int plan_script(struct planner *planner, const struct plan_options *options, const char *wish)
{
    struct known_machine *known = NULL; /* for the rest of this process */
    char path[PATH_CHARS];
    const char *image = options->image ? options->image : image_beside(path);
    const char *why = lab_read(&planner->lab, image);

    if (why) {
        fprintf(stderr, "idlelab plan: %s %s; `make image` makes it\n", image, why);
        return TOOL_LOSS;
    }
    if (!choose_script(planner, wish))
        return TOOL_USAGE;
    if (!build_plan(planner)) {
        print_errors(&planner->errors);
        return TOOL_USAGE;
    }
    if (options->quiet)
        return TOOL_PASS;
    if (options->facts) {
        known = known_machine_read(options->facts);
        if (!known)
            return TOOL_USAGE;
    }
    plan_print(planner->file, &planner->plan, known);
    return TOOL_PASS;
}

static int run_plan(int argc, char **argv)
{
    static const struct option known[] = {{"cpu-facts", required_argument, NULL, 'c'},
                                          {"image", required_argument, NULL, 'i'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {NULL, 0, NULL, 0}};
    struct plan_options options = {NULL, NULL, false};
    static struct planner planner;
    void *block;
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
    block = malloc(ARENA_BYTES);
    if (!block)
        return TOOL_USAGE;
    arena_init(&planner.arena, block, ARENA_BYTES);
    code = plan_script(&planner, &options, argv[optind]);
    free(planner.owned);
    free(block);
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
