/* SPDX-License-Identifier: MIT */
/* The deepest state in which a CPU that has nothing to do may wait, for the sake of its core and package. Pure. */
#ifndef LAB_ARCH_IDLE_DEEPEST_H
#define LAB_ARCH_IDLE_DEEPEST_H

#include <stdint.h>

struct cpu_snapshot;
struct hv_info;

/*
 * NULL, and in *hint the MWAIT hint: the deepest that a kernel uses on this processor and CPUID lists, without a
 * kernel's table the deepest that CPUID lists. Or why HLT must do. It says nothing about timers: a CPU that needs its
 * own must ask cpu_timer_always_runs().
 */
const char *idle_deepest(const struct hv_info *hv, const struct cpu_snapshot *snapshot, uint32_t *hint);

#endif /* LAB_ARCH_IDLE_DEEPEST_H */
