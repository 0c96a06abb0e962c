/* SPDX-License-Identifier: MIT */
/*
 * The kernel's figures of one thread: its CPU time, its wait for a CPU, the CPUs that it may use.
 * Source: Linux, Documentation/filesystems/proc.rst and Documentation/scheduler/sched-stats.rst.
 */
#ifndef LAB_RUN_LAUNCH_HOST_THREAD_H
#define LAB_RUN_LAUNCH_HOST_THREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "run/launch/host_counters.h"

/*
 * Fills `out` with the thread's counters: thread_user_ns (guest time included), thread_system_ns, thread_guest_ns (all
 * three in steps of a clock tick, 10 ms), thread_run_ns and thread_wait_ns (schedstat: on a CPU, and ready but without
 * one), thread_switches and thread_preemptions (voluntary and other context switches). What cannot be read is left out.
 * False: nothing could.
 */
bool host_thread_read(struct host_counters *out, long tid);

/* The host CPUs that the thread may run on, as "0-3,8"; false and "" where they cannot be read. */
bool host_thread_affinity(long tid, char *text, size_t room);

#endif /* LAB_RUN_LAUNCH_HOST_THREAD_H */
