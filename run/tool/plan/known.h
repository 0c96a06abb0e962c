/* SPDX-License-Identifier: MIT */
/* A machine that is known by a log: what its CPUID lists and how many CPUs it has, and which steps it will skip. */
#ifndef LAB_TOOL_PLAN_KNOWN_H
#define LAB_TOOL_PLAN_KNOWN_H

#include "lib/script/plan.h"

enum { KNOWN_REASON_CHARS = 160 };

struct known_machine;

/* Reads the log; the image must be loaded. NULL with a line on stderr; else to be freed. */
struct known_machine *known_machine_read(const char *log);

/*
 * NULL, or why the step of an experiment of the image will be skipped there, as far as CPUID and the number of CPUs
 * tell; in `reason`.
 */
const char *known_machine_skips(const struct known_machine *machine, const struct plan_step *step,
                                char reason[KNOWN_REASON_CHARS]);

#endif /* LAB_TOOL_PLAN_KNOWN_H */
