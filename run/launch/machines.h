/* SPDX-License-Identifier: MIT */
/* One machine after another: when one dies in a step, a fresh one goes on with the next, and the logs are joined. */
#ifndef LAB_RUN_LAUNCH_MACHINES_H
#define LAB_RUN_LAUNCH_MACHINES_H

#include "run/launch/supervisor_state.h"

/* Runs as many machines as the run needs and may have; returns the run's verdict. */
enum verdict machines_run(struct supervisor *self);

/* The last line for the reader, on stderr. */
void machines_report(const struct supervisor *self, enum verdict verdict);

#endif /* LAB_RUN_LAUNCH_MACHINES_H */
