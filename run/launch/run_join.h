/* SPDX-License-Identifier: MIT */
/*
 * A run that outlives its machine: the step in which the machine died, and what of the log goes over to the next one.
 */
#ifndef LAB_RUN_LAUNCH_RUN_JOIN_H
#define LAB_RUN_LAUNCH_RUN_JOIN_H

#include "run/launch/run_log.h"

/*
 * The step that the machine died in: the one that ran, or the first one behind it where that has its result. A damaged
 * result line of an earlier step is no death. NULL when it died before its first step began, or when nothing was left
 * to run.
 */
struct run_log_step *run_join_dead_step(const struct run_log *log);

/* The step after `step` in the plan, or NULL. */
const struct run_log_step *run_join_step_after(const struct run_log *log, const struct run_log_step *step);

/*
 * Notes that the launcher has written a `not ok` for `step`. Damage in the last line before the death is ignored: the
 * death may have cut it.
 */
void run_join_bury(struct run_log *log, struct run_log_step *step);

/* Makes the log ready for the machine that runs the steps from number `first_step` on. */
void run_join_next_machine(struct run_log *log, uint64_t first_step);

#endif /* LAB_RUN_LAUNCH_RUN_JOIN_H */
