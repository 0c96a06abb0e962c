/* SPDX-License-Identifier: MIT */
/*
 * Processors on which the monitor does not do what the manual says, and what is done about it.
 *
 * Pure functions of the snapshot; the two registers are read by the caller. docs/errata.md has an entry for each id.
 */
#ifndef LAB_ARCH_IDLE_ERRATA_H
#define LAB_ARCH_IDLE_ERRATA_H

#include <stdbool.h>
#include <stdint.h>

struct cpu_snapshot;

/* MONITOR_CLFLUSH: the line must be flushed before MONITOR (family 6 models 1Dh, 2Eh, 2Fh). */
bool errata_flush_before_monitor(const struct cpu_snapshot *snapshot);

/* MONITOR_LOST: a store may not end MWAIT (family 6 models 5Ch, BDh): figures by=store are not to be trusted. */
bool errata_monitor_loses_stores(const struct cpu_snapshot *snapshot);

/*
 * IGN_UMONITOR: UMONITOR may be a no-op, so that UMWAIT returns at once although CPUID lists WAITPKG. `control` is
 * IA32_MCU_OPT_CTRL (123H) where IA32_ARCH_CAPABILITIES (10AH) bit 29 says that it has the bit, else 0.
 */
bool errata_umonitor_ignored(uint64_t control);

#endif /* LAB_ARCH_IDLE_ERRATA_H */
