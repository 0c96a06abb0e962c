/* SPDX-License-Identifier: MIT */
/*
 * A machine that is known by a log, and which steps it will skip. The image's own prepare() of each step judges, on a
 * stand-in for that machine, in a process of its own: where it asks a register of the real one, it dies there, and the
 * answer is not known.
 */
#ifndef LAB_TOOL_PLAN_KNOWN_H
#define LAB_TOOL_PLAN_KNOWN_H

#include "lib/script/plan.h"

struct known_machine;

enum known_skip {
    KNOWN_RUNS,
    KNOWN_SKIPS,
    KNOWN_UNKNOWN, /* registers decide that the log does not have */
};

/* Reads the log; the image must be loaded. NULL with a line on stderr. There is one, as long as the process lives. */
struct known_machine *known_machine_read(const char *log);

/* Whether a step of the image will be skipped there; *reason, until the next call, says why. */
enum known_skip known_machine_skips(struct known_machine *machine, const struct plan_step *step, const char **reason);

#endif /* LAB_TOOL_PLAN_KNOWN_H */
