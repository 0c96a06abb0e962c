/* SPDX-License-Identifier: MIT */
/* Why a step did not pass, in words. */
#ifndef LAB_TOOL_MODEL_REASON_H
#define LAB_TOOL_MODEL_REASON_H

#include "run/tool/model/model.h"

#define REASON_CHARS 320

/*
 * A sentence without its full stop: what the step's end, fault records and verdict say of a failure, a skip, a cut-off
 * or a step that never ended. "" for a step that passed with all its samples. `text` has REASON_CHARS. Returns text.
 */
const char *reason_of(char *text, const struct model_run *run, const struct model_step *step);

/*
 * What its figures are not, behind the verdict: ", c6 not entered"; and of which cores: ", E-core". "" where there is
 * nothing to say. `text` has REASON_CHARS. Returns text.
 */
const char *reason_notes(char *text, const struct model_step *step);

#endif
