/* SPDX-License-Identifier: MIT */
/* Power by idle state of a recording that has energy counters: fitted, printed, and written for the report. */
#ifndef LAB_TOOL_TRACE_ENERGY_H
#define LAB_TOOL_TRACE_ENERGY_H

#include "run/tool/trace/about.h"

/*
 * Prints the power by state of each package and writes `folder`/power.csv; nothing where no counter was read. After all
 * rows are written. False where there is no memory, or the file could not be written.
 */
bool trace_energy_write(const char *folder, const struct trace_about *about, struct trace_machine *machine);

#endif
