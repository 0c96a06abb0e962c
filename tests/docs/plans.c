/* SPDX-License-Identifier: MIT */
#include "tests/docs/plans.h"

#include <string.h>

#include "lib/script/cmdline.h"
#include "run/tool/plan/image.h"

enum {
    SPECS_MAX = 64,
    STEPS_MAX = 1000,                 /* as the image has it */
    MEMORY_BYTES = 248 * 1024 * 1024, /* of a machine with 256 MiB */
    ARENA_BYTES = 16 * 1024 * 1024,
};

static unsigned char arena_block[ARENA_BYTES] __attribute__((aligned(16)));

const struct experiment *plans_experiment(size_t index)
{
    const struct experiment *const *begin = image_symbol("__lab_experiments_start");
    const struct experiment *const *end = image_symbol("__lab_experiments_end");

    return index < (size_t)(end - begin) ? begin[index] : NULL;
}

const struct experiment *plans_find(const char *name, size_t bytes)
{
    const struct experiment *experiment;

    for (size_t i = 0; (experiment = plans_experiment(i)); i++)
        if (strlen(experiment->spec.name) == bytes && !memcmp(experiment->spec.name, name, bytes))
            return experiment;
    return NULL;
}

static bool tell(const struct script_errors *errors, char *message)
{
    message[0] = '\0';
    if (errors->count)
        script_error_write(&errors->at[0], message, SCRIPT_ERROR_LINE_BYTES);
    return !errors->count;
}

bool plans_check(const char *script, struct plan *plan, char message[SCRIPT_ERROR_LINE_BYTES])
{
    static const struct plan_limits limits = {.memory_bytes = MEMORY_BYTES, .max_steps = STEPS_MAX};
    const struct experiment_spec *specs[SPECS_MAX];
    struct script_errors errors;
    struct script parsed;
    struct plan unused;
    struct arena arena;
    size_t count = 0;

    while (count < SPECS_MAX && plans_experiment(count)) {
        specs[count] = &plans_experiment(count)->spec;
        count++;
    }
    arena_init(&arena, arena_block, sizeof(arena_block));
    script_errors_init(&errors);
    if (script_parse("script", script, strlen(script), &arena, &parsed, &errors))
        plan_build(&parsed, specs, count, &limits, &arena, plan ? plan : &unused, &errors);
    return tell(&errors, message);
}

bool plans_check_cmdline(const char *line, char message[SCRIPT_ERROR_LINE_BYTES])
{
    struct script_errors errors, warnings;
    struct cmdline cmdline;
    struct arena arena;

    arena_init(&arena, arena_block, sizeof(arena_block));
    script_errors_init(&errors);
    script_errors_init(&warnings);
    cmdline_parse(line, &arena, &cmdline, &errors, &warnings);
    return tell(&errors, message);
}
