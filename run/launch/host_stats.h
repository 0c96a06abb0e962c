/* SPDX-License-Identifier: MIT */
/*
 * run/qemu --host-stats: at each step's edges the guest waits for an answer (boot argument sync=serial). Meanwhile
 * KVM's counters are read over QMP and the vCPU threads' from /proc; the changes in the step go into the log as `# IH`
 * records. Without KVM, or without query-stats, one finding says so, and the threads are still read.
 */
#ifndef LAB_RUN_LAUNCH_HOST_STATS_H
#define LAB_RUN_LAUNCH_HOST_STATS_H

#include <stddef.h>

#include "lib/record/record.h"

#include "run/launch/child.h"
#include "run/launch/qmp.h"
#include "run/launch/run_log.h"

struct host_stats;

/*
 * For one machine. `lines` is the launcher's own stream in the log, which stands behind the line that is being taken.
 * NULL without memory. All pointers are kept.
 */
struct host_stats *host_stats_new(struct qmp *qmp, const struct child *child, char *const *argv,
                                  struct record_stream *lines);

/* Call it after each line: if that was a sync record, does its work and answers the guest. Takes at most 2 s. */
void host_stats_line(struct host_stats *host, const struct run_log *log);

/* NULL is allowed. */
void host_stats_free(struct host_stats *host);

#endif /* LAB_RUN_LAUNCH_HOST_STATS_H */
