/* SPDX-License-Identifier: MIT */
/* Rows of tables in a log's model: the stats records with `row`. */
#ifndef LAB_TOOL_MODEL_ROWS_H
#define LAB_TOOL_MODEL_ROWS_H

#include <jansson.h>

#include "run/tool/model/model.h"

/* Takes a stats record with `row`; its figures become a metric too where comparisons can use it. */
void model_take_row(struct model *model, struct model_run *run, struct model_step *step, json_t *object);

#endif
