/* SPDX-License-Identifier: MIT */
/* What a bundle says of its runs, for programs: machine.json; and the table of machines that is made from it. */
#ifndef LAB_TOOL_BUNDLE_FACTS_H
#define LAB_TOOL_BUNDLE_FACTS_H

#include <jansson.h>

#include "run/tool/model/model.h"

#define FACTS_FILE   "machine.json"
#define FACTS_FORMAT 1

/* One run: its identity, verdicts, platform, and p50 and p99 of each step's main metric. A new reference, or NULL. */
json_t *facts_of_run(struct model *model, const struct model_run *run);

/*
 * Prints a table in Markdown with a row for each run of the bundles. False with a line on stderr where one is no
 * bundle; its rows are left out.
 */
bool facts_table(char **bundles, size_t count);

#endif
