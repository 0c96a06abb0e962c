/* SPDX-License-Identifier: MIT */
/*
 * Processors on which monitor, timer or idle states do not do what the manual says, and what is done about it.
 *
 * Pure functions of the snapshot, but for errata_has_amd_e400(). docs/errata.md has an entry for each id.
 */
#ifndef LAB_ARCH_IDLE_ERRATA_H
#define LAB_ARCH_IDLE_ERRATA_H

#include <stdbool.h>
#include <stdint.h>

struct cpu_snapshot;

/* MONITOR_CLFLUSH: the line must be flushed before MONITOR (family 6 models 1Dh, 2Eh, 2Fh), which the CPU can. */
bool errata_flush_before_monitor(const struct cpu_snapshot *snapshot);

/* MONITOR_LOST: a store may not end MWAIT (family 6 models 5Ch, BDh): figures by=store are not to be trusted. */
bool errata_monitor_loses_stores(const struct cpu_snapshot *snapshot);

/*
 * IGN_UMONITOR: UMONITOR may be a no-op, so that UMWAIT returns at once although CPUID lists WAITPKG. `control` is
 * IA32_MCU_OPT_CTRL (123H) where IA32_ARCH_CAPABILITIES (10AH) bit 29 says that it has the bit, else 0.
 */
bool errata_umonitor_ignored(uint64_t control);

/* RAPID_C6: with Hyper-Threading on, rapid entries of C3 and C6 may hang (Nehalem and Westmere, not Westmere-EX). */
bool errata_rapid_c6(const struct cpu_snapshot *snapshot);

/* RYZEN_IDLE: family 17h of client parts may freeze when idle, with C6 on. */
bool errata_ryzen_idle(const struct cpu_snapshot *snapshot);

/*
 * AMD_E400: where firmware turned C1E on, the APIC timer stops once all cores of the package halt. True for processors
 * that have it. `osvw_length` and `osvw_status` are MSRC001_0140 and MSRC001_0141 where CPUID.80000001H:ECX[9] lists
 * them, else 0; they decide where they reach that far.
 */
bool errata_amd_e400(const struct cpu_snapshot *snapshot, uint64_t osvw_length, uint64_t osvw_status);

/* The same, the two registers read here where CPUID lists them. */
bool errata_has_amd_e400(const struct cpu_snapshot *snapshot);

/* MSRC001_0055, interrupt pending and CMP-halt: either bit means that C1E is on. */
#define MSR_AMD_INT_PENDING UINT32_C(0xC0010055)
#define AMD_INT_PENDING_C1E UINT64_C(0x18000000)

/*
 * TSC_DEADLINE: the microcode revision from which on TSC-deadline mode works on this processor; 0: any does. Not for
 * guests: their revision is the hypervisor's choice.
 */
uint32_t errata_deadline_revision(const struct cpu_snapshot *snapshot);

#endif /* LAB_ARCH_IDLE_ERRATA_H */
