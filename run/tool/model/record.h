/* SPDX-License-Identifier: MIT */
/* Puts what the log reader hands out into a model. */
#ifndef LAB_TOOL_MODEL_RECORD_H
#define LAB_TOOL_MODEL_RECORD_H

#include "lib/record/record_line.h"
#include "run/tool/model/model.h"

/* What is wrong with one record's content, though its CRC is right. */
struct model_error {
    size_t column; /* in the JSON, from 1; 0 where the whole record is meant */
    char text[200];
};

void model_take_begin(struct model *model, const char *run_id);
void model_take_plan(struct model *model, uint64_t count);
void model_take_verdict(struct model *model, const struct log_item *item);
void model_take_end(struct model *model, enum record_result result);

/*
 * Takes one record. Types and members that it does not know are skipped, as the format says. Returns false and fills
 * *error where the JSON is not an object with a text member `t`, or a member that is needed has another type.
 */
bool model_take_record(struct model *model, const struct log_item *item, struct model_error *error);

#endif
