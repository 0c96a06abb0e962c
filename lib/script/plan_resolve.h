/* SPDX-License-Identifier: MIT */
/*
 * One statement of a script against the specs: which experiment, and all values of each of its keys. For
 * lib/script/plan.c only.
 *
 * Any context; allocates from the caller's arena only.
 */
#ifndef LAB_LIB_SCRIPT_PLAN_RESOLVE_H
#define LAB_LIB_SCRIPT_PLAN_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/script/plan.h"
#include "lib/script/plan_value.h"

struct plan_resolver {
    const char *file;
    const struct experiment_spec *const *specs;
    size_t spec_count;
    struct arena *arena;
    struct script_errors *errors;
};

/* A statement with the values of every parameter, and the order in which they nest. */
struct plan_resolved {
    const struct script_statement *statement;
    const struct experiment_spec *spec;
    struct plan_values *values; /* by parameter index, each at least one value */
    bool *given;                /* by parameter index: the script says it */
    size_t *order;              /* parameter indices, the outermost first */
    size_t step_count;          /* SIZE_MAX where it does not fit */
};

/* Fills in the rest of `resolved`, whose statement is set. Returns false where something is wrong; errors are added. */
bool plan_resolve(struct plan_resolver *resolver, struct plan_resolved *resolved);

/* Adds an error at a token and returns it. */
struct script_error *plan_refuse_token(struct plan_resolver *resolver, const struct script_token *token,
                                       const char *expected);

/* Adds the error that the arena is too small. */
void plan_refuse_memory(struct plan_resolver *resolver, const struct script_token *token);

#endif /* LAB_LIB_SCRIPT_PLAN_RESOLVE_H */
