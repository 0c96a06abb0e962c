/* SPDX-License-Identifier: MIT */
/* The bulky records of a model: stats, hist and raw. Part of record.c. */
#ifndef LAB_TOOL_MODEL_STATS_H
#define LAB_TOOL_MODEL_STATS_H

#include "run/tool/model/model.h"

void model_take_stats(struct model *model, struct model_run *run, json_t *object);
void model_take_hist(struct model *model, struct model_run *run, json_t *object);

/*
 * True when the record is a `raw` one. Raw samples are most of a long log, so they are recognised by their first
 * characters, and their JSON is read without the general parser where it has the usual order.
 */
bool model_is_raw(const char *json, size_t bytes);

/*
 * Decodes a raw record and hands its samples to model->on_raw. False where it is not whole, or, for the quick one,
 * where its members do not stand as step, i, d.
 */
bool model_take_raw_quickly(struct model *model, struct model_run *run, const char *json, size_t bytes);
bool model_take_raw(struct model *model, struct model_run *run, json_t *object);

#endif
