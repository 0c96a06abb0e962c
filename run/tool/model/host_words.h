/* SPDX-License-Identifier: MIT */
/* What the host's counters say of a step, in sentences: for `show` and the report. */
#ifndef LAB_TOOL_MODEL_HOST_WORDS_H
#define LAB_TOOL_MODEL_HOST_WORDS_H

#include "run/tool/model/model.h"

#define HOST_WORDS_CHARS 320

/*
 * "vCPU 0: halt_exits 1232, 82.8 % ended by polling (1020 of 1031 tries, 141 ms), asleep in host 1.51 ms; exits 1338,
 * ...". Returns false, with an empty text, where there is nothing worth a line: the vCPU neither left the guest nor ran
 * for 1 % of the time.
 */
bool host_words(char text[HOST_WORDS_CHARS], const struct model_step *step, int64_t vcpu);

/* A time of the host in a unit that suits it: "762 us". `text` has MEASURE_CHARS. */
const char *host_time(char *text, int64_t ns);

#endif
