/* SPDX-License-Identifier: MIT */
#include "run/tool/plan/lab.h"

#include "experiments/kit/experiment.h"
#include "run/tool/plan/image.h"

const char *lab_read(struct lab *lab, const char *path)
{
    const char *why = image_load(path);
    const struct experiment *const *begin, *const *end;
    const size_t *count;

    if (why)
        return why;
    begin = image_symbol("__lab_experiments_start");
    end = image_symbol("__lab_experiments_end");
    lab->builtins = image_symbol("builtin_scripts");
    count = image_symbol("builtin_script_count");
    if (!begin || !end || !lab->builtins || !count)
        return "is no image of idlelab with symbols";
    for (; begin < end && lab->spec_count < LAB_SPECS_MAX; begin++) {
        struct experiment_spec *spec = &lab->copies[lab->spec_count];

        *spec = (*begin)->spec;
        spec->owner = (void *)(uintptr_t)*begin;
        lab->specs[lab->spec_count++] = spec;
    }
    for (; lab->builtin_count < *count && lab->builtin_count < LAB_SCRIPTS_MAX; lab->builtin_count++)
        lab->scripts[lab->builtin_count] = lab->builtins[lab->builtin_count].name;
    return NULL;
}
