/* SPDX-License-Identifier: MIT */
/* A finding as a sentence that names its subject, and how much it matters to whoever asks what idle does here. */
#ifndef LAB_TOOL_MODEL_FINDING_WORDS_H
#define LAB_TOOL_MODEL_FINDING_WORDS_H

#include "run/tool/model/model.h"

#define FINDING_WORDS_CHARS 512

/* "Halt polling: none seen, up to 13 ms". `text` has FINDING_WORDS_CHARS. Returns text. */
const char *finding_words(char *text, const struct model_finding *finding);

/* The larger, the earlier it is said; below 500. */
int finding_weight(const struct model_finding *finding);

#endif
