/* SPDX-License-Identifier: MIT */
/* What `idlelab plan` prints of a right script: a line a step, then time, bytes and skips in sum. */
#ifndef LAB_TOOL_PLAN_TABLE_H
#define LAB_TOOL_PLAN_TABLE_H

#include "run/tool/plan/known.h"

/* To standard output. `file` is the script's name; known: the machine that it is planned for, or NULL. */
void plan_print(const char *file, const struct plan *plan, struct known_machine *known);

#endif /* LAB_TOOL_PLAN_TABLE_H */
