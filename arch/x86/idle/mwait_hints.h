/* SPDX-License-Identifier: MIT */
/*
 * MWAIT's hints: which ones a processor lists, and which C-state each asks for. Pure functions of the snapshot.
 *
 * Bits 7:4 of a hint plus one are the state's nibble in CPUID.05H:EDX, bits 3:0 its sub-state; Fxh asks for C0. SDM
 * volume 2, MWAIT, table 4-11, and CPUID leaf 05H. The nibble counts sub-states; it does not bound their numbers: on
 * Silvermont 3 of them are 52h and 58h (Linux, drivers/idle/intel_idle.c, asks for a nibble that is not zero, too).
 */
#ifndef LAB_ARCH_IDLE_MWAIT_HINTS_H
#define LAB_ARCH_IDLE_MWAIT_HINTS_H

#include <stdint.h>

struct cpu_snapshot;

enum { MWAIT_HINTS_MAX = 7 * 16 };

/* NULL, or why this processor does not list the hint. */
const char *mwait_hint_problem(const struct cpu_snapshot *snapshot, uint32_t hint);

/* The same for MWAIT without MONITOR. */
const char *mwait_monitorless_problem(const struct cpu_snapshot *snapshot, uint32_t hint);

/*
 * The hints worth trying, shallowest first; their number. Sub-states are counted from 0, but on Atoms before Goldmont
 * whose table knows a higher number than the count, the table's hints are that state's. At least C1 (0).
 */
uint32_t mwait_hints_list(const struct cpu_snapshot *snapshot, uint8_t hints[MWAIT_HINTS_MAX]);

/* What a hint asks for. */
struct mwait_target {
    uint8_t core; /* the core's C-state, as residency counters count it: 1 to 7 */
    uint8_t name; /* what the state is called: C0 to C10; 8 to 10 are core C7 and a package state */
};

struct mwait_target mwait_hint_target(const struct cpu_snapshot *snapshot, uint32_t hint);

#endif /* LAB_ARCH_IDLE_MWAIT_HINTS_H */
