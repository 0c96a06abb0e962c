/* SPDX-License-Identifier: MIT */
/*
 * What a reader wants to know first: the machine in one line, how the run went, and the few findings that matter.
 * Printed by show, put at the top of the report.
 */
#ifndef LAB_TOOL_MODEL_HEADLINE_H
#define LAB_TOOL_MODEL_HEADLINE_H

#include <stddef.h>

#include "run/tool/model/model.h"

#define HEADLINES_MAX  64
#define HEADLINE_CHARS 512

struct headline {
    const char *text;              /* in words */
    const char *about;             /* what of `text` stands before its figures; the whole of it where it has none */
    double p50_ns, p99_ns;         /* those figures; 0: none */
    const char *conf;              /* how sure: "high", "measured" ...; empty where it is a count or a figure */
    const struct model_step *step; /* where it comes from; NULL: of the whole run */
    int weight;                    /* the list falls by it */
};

/* "Intel(R) Xeon(R) ..., no hypervisor, 4 CPUs, TSC 2600 MHz, script full". `text` has HEADLINE_CHARS. Returns text. */
const char *headline_machine(char *text, struct model *model, const struct model_run *run);

/* "PASS: 97 passed, 2 doubtful, 14 skipped". `text` has HEADLINE_CHARS. Returns text. */
const char *headline_result(char *text, const struct model_run *run);

/*
 * Failures, doubtful steps, the fastest and the slowest wake, the deepest C-state, then the lab's findings, the
 * weightiest first; findings that merely repeat another are left out. Texts live in the model's pool. Returns how many.
 */
size_t headlines_of(struct model *model, const struct model_run *run, struct headline list[HEADLINES_MAX]);

#endif
