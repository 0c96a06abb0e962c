/* SPDX-License-Identifier: MIT */
/* A script read by the image's own parser, against the image's own experiments, for tools that ask before a boot. */
#ifndef LAB_TOOL_PLAN_PLANNER_H
#define LAB_TOOL_PLAN_PLANNER_H

#include "lib/arena.h"
#include "lib/script/plan.h"
#include "run/tool/plan/lab.h"

struct planner {
    struct lab lab;
    struct arena arena;
    void *block;
    char path[4096];  /* of the image */
    const char *file; /* of the script, as errors name it */
    const char *text;
    size_t bytes;
    bool is_text; /* of the command line: one word may be a mistyped name */
    struct script_errors errors;
    struct plan plan;
};

/*
 * Loads the image at `path`, NULL: the one beside this program (link/pvh.elf), once in a process. NULL, or why it
 * cannot be asked; planner->path is then said before it. planner_close() in any case.
 */
const char *planner_open(struct planner *planner, const char *path);
void planner_close(struct planner *planner);

/* The script is the text of a file. Texts stay the caller's. */
void planner_take_file(struct planner *planner, const char *file, const char *text, size_t bytes);

/* The script is one that the image carries, by its name, or the text of one, which errors call `file`. */
void planner_take_words(struct planner *planner, const char *file, const char *words);

/* Makes the plan of the script that was taken last. False with lines on stderr. */
bool planner_build(struct planner *planner);

/* `file:line:column: found ..., expected ...` on stderr, and how many more there are. */
void planner_print_errors(const struct script_errors *errors);

#endif
