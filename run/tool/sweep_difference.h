/* SPDX-License-Identifier: MIT */
/* What two logs of a sweep differ in beside the figures of their steps. */
#ifndef LAB_TOOL_SWEEP_DIFFERENCE_H
#define LAB_TOOL_SWEEP_DIFFERENCE_H

#include <stdbool.h>

#include "run/tool/model/model.h"
#include "run/tool/show/text_table.h"

struct sweep_side {
    struct model *model;
    const char *name; /* of the log */
};

/*
 * Lines for the parameters of the host's KVM that are others than in the first log, by the host's own records. *headed:
 * the heading stands already.
 */
void sweep_settings(struct table *table, bool *headed, struct sweep_side first, struct sweep_side other);

/* Lines for the findings of that survey that differ in more than figures, or that the first log lacks. */
void sweep_survey(struct table *table, bool *headed, struct sweep_side first, struct sweep_side other,
                  const char *survey);

#endif
