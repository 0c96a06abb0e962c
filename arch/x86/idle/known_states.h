/* SPDX-License-Identifier: MIT */
/* The kernel's table for this processor's MWAIT hints. Pure function of the snapshot: any CPU, any context. */
#ifndef LAB_ARCH_IDLE_KNOWN_STATES_H
#define LAB_ARCH_IDLE_KNOWN_STATES_H

#include "lib/kernel_table.h"

struct cpu_snapshot;

/*
 * For one socket and no package limit, as most machines are. NULL: no table, or not Intel's (AMD's states are its
 * firmware's).
 */
const struct kernel_table *known_states(const struct cpu_snapshot *snapshot);

#endif /* LAB_ARCH_IDLE_KNOWN_STATES_H */
