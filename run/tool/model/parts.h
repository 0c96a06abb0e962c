/* SPDX-License-Identifier: MIT */
/*
 * Texts too long for one record, joined in the order of their numbers whatever the order they come in
 * (docs/record-format.md, section 3).
 */
#ifndef LAB_TOOL_MODEL_PARTS_H
#define LAB_TOOL_MODEL_PARTS_H

#include "run/tool/model/model.h"

/*
 * Takes part `part` (from 1) of `of` of a text whose record has number `run->record_seq`. The parts of one text have
 * numbers in a row, so *first_seq, the number of part 1, names the text. Returns what is known of it so far, "..."
 * where a part has not come; "" without memory. The text lives in the pool.
 */
const char *model_take_part(struct model *model, struct model_run *run, int64_t part, int64_t of, const char *text,
                            uint32_t *first_seq);

#endif
