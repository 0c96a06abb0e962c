/* SPDX-License-Identifier: MIT */
/*
 * Values back to text, and the names of steps. For lib/script/plan*.c only.
 *
 * Pure: any context, no state but the caller's.
 */
#ifndef LAB_LIB_SCRIPT_PLAN_PRINT_H
#define LAB_LIB_SCRIPT_PLAN_PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/script/plan.h"
#include "lib/text.h"

/* Adds all keys of a step as resolved: "idle=hlt by=timer interval=100us". */
void plan_print_args(struct text *text, const struct plan_step *step);

/*
 * Writes a step's name into `name`: the experiment, then the values that are `shown` (by parameter index) in the order
 * of the spec. Words and intervals stand alone (`hlt`, `100us`), numbers, flags and CPUs after their key (`seed_2`).
 * Whatever is not [a-z0-9_] becomes `_`; a value that does not fit is left out whole.
 */
void plan_print_name(char name[PLAN_NAME_BYTES], const struct plan_step *step, const bool *shown);

/* Makes a name unique among `count` earlier steps with `_2`, `_3` ... at its end. */
void plan_make_unique(char name[PLAN_NAME_BYTES], const struct plan_step *steps, size_t count);

#endif /* LAB_LIB_SCRIPT_PLAN_PRINT_H */
