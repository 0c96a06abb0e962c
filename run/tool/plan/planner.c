/* SPDX-License-Identifier: MIT */
#include "run/tool/plan/planner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/script/script_name.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

/* build/link/pvh.elf, which has symbols. */
static void image_beside(char *path, size_t bytes)
{
    static const char name[] = "link/pvh.elf";
    ssize_t used = readlink("/proc/self/exe", path, bytes - sizeof(name));
    char *slash;

    path[used > 0 ? used : 0] = '\0';
    slash = strrchr(path, '/');
    memcpy(slash ? slash + 1 : path, name, sizeof(name));
}

const char *planner_open(struct planner *planner, const char *path)
{
    memset(planner, 0, sizeof(*planner));
    if (path)
        snprintf(planner->path, sizeof(planner->path), "%s", path);
    else
        image_beside(planner->path, sizeof(planner->path));
    planner->block = malloc(ARENA_BYTES);
    return planner->block ? lab_read(&planner->lab, planner->path) : "cannot be asked: there is no memory";
}

void planner_close(struct planner *planner)
{
    free(planner->block);
    planner->block = NULL;
}

void planner_take_file(struct planner *planner, const char *file, const char *text, size_t bytes)
{
    planner->file = file;
    planner->text = text;
    planner->bytes = bytes;
    planner->is_text = false;
}

void planner_take_words(struct planner *planner, const char *file, const char *words)
{
    planner_take_file(planner, file, words, strlen(words));
    planner->is_text = true;
    for (size_t i = 0; i < planner->lab.builtin_count; i++) {
        const struct builtin_script *builtin = &planner->lab.builtins[i];
        if (strcmp(builtin->name, words) == 0)
            planner_take_file(planner, words, builtin->text, builtin->text_bytes);
    }
}

static bool build(struct planner *planner)
{
    static const struct plan_limits limits = {.max_steps = PLAN_STEPS_MAX};
    static const char first[] = "survey";
    struct script script, extra;

    arena_init(&planner->arena, planner->block, ARENA_BYTES);
    script_errors_init(&planner->errors);
    if (planner->is_text && script_is_mistyped(planner->text, planner->lab.specs, planner->lab.spec_count,
                                               planner->lab.scripts, &planner->errors)) {
        planner->errors.at[0].file = planner->file;
        return false;
    }
    return script_parse(planner->file, planner->text, planner->bytes, &planner->arena, &script, &planner->errors) &&
           script_parse("builtin", first, sizeof(first) - 1, &planner->arena, &extra, &planner->errors) &&
           script_put_first(&extra, &planner->arena, &script) &&
           plan_build(&script, planner->lab.specs, planner->lab.spec_count, &limits, &planner->arena, &planner->plan,
                      &planner->errors);
}

bool planner_build(struct planner *planner)
{
    if (build(planner))
        return true;
    planner_print_errors(&planner->errors);
    if (planner->errors.count == 0)
        fprintf(stderr, "%s: no memory for the plan\n", planner->file);
    return false;
}

void planner_print_errors(const struct script_errors *errors)
{
    char line[SCRIPT_ERROR_LINE_BYTES];

    for (size_t i = 0; i < errors->kept; i++) {
        script_error_write(&errors->at[i], line, sizeof(line));
        fprintf(stderr, "%s\n", line);
    }
    if (errors->count > errors->kept)
        fprintf(stderr, "%zu more\n", errors->count - errors->kept);
}
