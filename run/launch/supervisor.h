/* SPDX-License-Identifier: MIT */
/* Watches one run from its first byte to its verdict. */
#ifndef LAB_RUN_LAUNCH_SUPERVISOR_H
#define LAB_RUN_LAUNCH_SUPERVISOR_H

#include "run/launch/options.h"

/* Starts the command, keeps its serial in the log file, judges it. Returns the launcher's exit code, 0 to 3. */
int supervise(const struct options *options);

#endif /* LAB_RUN_LAUNCH_SUPERVISOR_H */
