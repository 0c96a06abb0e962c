/* SPDX-License-Identifier: MIT */
/*
 * A run that more than one machine wrote: each goes on with the step after the one in which the machine before it died.
 */
#ifndef LAB_TOOL_MODEL_JOIN_H
#define LAB_TOOL_MODEL_JOIN_H

#include <jansson.h>

#include "run/tool/model/model.h"

/* Takes a join record of the launcher. */
void model_take_join(struct model *model, struct model_run *run, json_t *object);

/* True where the run's last join record announces a machine that has not begun. */
bool model_join_waits(const struct model_run *run);

/* The machine that was announced has begun. */
void model_join_begin(struct model_run *run);

/*
 * True for a record by which a later machine repeats what the first one said: it is compared with the first one's, and
 * is not taken.
 */
bool model_join_repeats(struct model *model, struct model_run *run, const json_t *object);

/* The record of the step's death, or NULL. */
const struct model_join *model_join_of(const struct model_run *run, const struct model_step *step);

#endif
