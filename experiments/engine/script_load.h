/* SPDX-License-Identifier: MIT */
/* From the command line and the modules to a plan: which script it is, its text into the log, its errors into words. */
#ifndef LAB_EXPERIMENTS_ENGINE_SCRIPT_LOAD_H
#define LAB_EXPERIMENTS_ENGINE_SCRIPT_LOAD_H

#include <stdbool.h>

#include "lib/script/cmdline.h"
#include "lib/script/plan.h"
#include "lib/record/record.h"

struct machine;

/*
 * The script is script= (the name of a built-in one, or the text itself), else the first module, else the built-in
 * "default". `survey` comes first whatever it says, and a selftest= after it. Emits the script's text, then the plan or
 * every error. False: errors. Boot CPU.
 */
bool script_load(struct machine *machine, const struct cmdline *cmdline, struct record_stream *stream,
                 struct arena *arena, struct plan *plan);

/* Errors as findings with the given id and as comment lines. */
void script_report_errors(struct record_stream *stream, const char *id, const struct script_errors *errors);

#endif /* LAB_EXPERIMENTS_ENGINE_SCRIPT_LOAD_H */
