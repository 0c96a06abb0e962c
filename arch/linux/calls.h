/* SPDX-License-Identifier: MIT */
/*
 * What the kernel refuses. A sandbox (seccomp) answers a system call with an error: a wait that is such a call would
 * return at once, again and again, and be taken for a wait. Each call is tried once with an answer known in advance.
 */
#ifndef LAB_ARCH_LINUX_CALLS_H
#define LAB_ARCH_LINUX_CALLS_H

#include <stdint.h>

struct cpu_snapshot;

/* NULL, or which call without which nothing can be measured is refused. For the thread of CPU 0, at the start. */
const char *os_calls_missing(void);

/* For struct idle_method's check(): NULL, or which call of that method is refused. Outside every window. */
const char *os_calls_eventfd(const struct cpu_snapshot *snapshot, uint32_t argument);
const char *os_calls_sigsuspend(const struct cpu_snapshot *snapshot, uint32_t argument);
const char *os_calls_timerfd(const struct cpu_snapshot *snapshot, uint32_t argument);
const char *os_calls_yield(const struct cpu_snapshot *snapshot, uint32_t argument);

#endif /* LAB_ARCH_LINUX_CALLS_H */
