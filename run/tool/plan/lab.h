/* SPDX-License-Identifier: MIT */
/* What the image has: its experiments, as the plan takes them, and its scripts. */
#ifndef LAB_TOOL_PLAN_LAB_H
#define LAB_TOOL_PLAN_LAB_H

#include "experiments/engine/builtin_scripts.h"
#include "lib/script/plan.h"

enum { LAB_SPECS_MAX = 64, LAB_SCRIPTS_MAX = 32 };

struct lab {
    struct experiment_spec copies[LAB_SPECS_MAX];
    const struct experiment_spec *specs[LAB_SPECS_MAX];
    size_t spec_count;
    const char *scripts[LAB_SCRIPTS_MAX + 1]; /* their names, NULL at the end */
    const struct builtin_script *builtins;
    size_t builtin_count;
};

/* Loads the image at `path` into this process, once. NULL, or why it cannot. */
const char *lab_read(struct lab *lab, const char *path);

#endif /* LAB_TOOL_PLAN_LAB_H */
