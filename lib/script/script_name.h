/* SPDX-License-Identifier: MIT */
/* A whole script, as the image and the host's `plan` take it: its name, and the step that comes first. Any context. */
#ifndef LAB_LIB_SCRIPT_SCRIPT_NAME_H
#define LAB_LIB_SCRIPT_SCRIPT_NAME_H

#include "lib/script/plan.h"

/*
 * True where `wish` is one word that names neither an experiment nor one of the scripts (their names, NULL at the end):
 * a mistyped name of a script. `errors` then has grown by the nearest one. A word that names a script is not asked for.
 */
bool script_is_mistyped(const char *wish, const struct experiment_spec *const *specs, size_t spec_count,
                        const char *const *scripts, struct script_errors *errors);

/*
 * Puts the statements of `extra`, which begins with `survey`, in front of those of `script`, whose own `survey` goes
 * where it is the first. False without memory.
 */
bool script_put_first(const struct script *extra, struct arena *arena, struct script *script);

#endif /* LAB_LIB_SCRIPT_SCRIPT_NAME_H */
