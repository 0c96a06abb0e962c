/* SPDX-License-Identifier: MIT */
/* Which MWAIT hints a processor lists. Pure functions of the snapshot: any CPU, any context. */
#ifndef LAB_ARCH_IDLE_MWAIT_HINTS_H
#define LAB_ARCH_IDLE_MWAIT_HINTS_H

#include <stdint.h>

struct cpu_snapshot;

/*
 * NULL, or why this processor does not list the hint. Bits 7:4 plus one are the state's nibble in CPUID.05H:EDX, bits
 * 3:0 its sub-state; Fxh asks for C0. SDM volume 2, MWAIT, table 4-11, and CPUID leaf 05H.
 */
const char *mwait_hint_problem(const struct cpu_snapshot *snapshot, uint32_t hint);

/* The same for MWAIT without MONITOR. */
const char *mwait_monitorless_problem(const struct cpu_snapshot *snapshot, uint32_t hint);

#endif /* LAB_ARCH_IDLE_MWAIT_HINTS_H */
