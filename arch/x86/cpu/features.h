/* SPDX-License-Identifier: MIT */
/*
 * What the CPU can do, by name, for needs, skip reasons and the log: named features, MWAIT, TSC ratio, performance
 * counters.
 *
 * Pure functions of a snapshot: any CPU, any context.
 */
#ifndef LAB_ARCH_CPU_FEATURES_H
#define LAB_ARCH_CPU_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86/cpu/cpuid.h"

struct cpu_feature {
    const char *name; /* as the manuals write it, in lower case */
    struct cpuid_field field;
};

/* The named features, in the order of the log. NULL past the last. */
const struct cpu_feature *cpu_feature_at(uint32_t index);

/* The name of a feature, or NULL for one that has none. */
const char *cpu_feature_name(struct cpuid_field feature);

/*
 * Writes the manual's notation, "CPUID.01H:ECX[3]" or "CPUID.(07H,1):EDX[23:20]", into text. Returns the length wanted,
 * as snprintf does; 40 bytes always suffice.
 */
int cpuid_field_format(struct cpuid_field field, char *text, size_t bytes);

/* Leaf 5. Source: SDM volume 2A, CPUID, table 3-8, leaf 05H. */
struct cpu_mwait {
    bool monitor; /* leaf 1 says that the instructions exist */
    bool listed;  /* leaf 5 is not all zero */
    uint32_t line_min_bytes, line_max_bytes;
    bool extensions;      /* ECX extensions are enumerated */
    bool break_on_masked; /* MWAIT ECX bit 0: a masked interrupt ends it */
    bool monitorless;     /* MWAIT ECX bit 2: needs no MONITOR */
    uint8_t substates[8]; /* of C0 to C7; hint = (state - 1) << 4 | sub-state */
};

struct cpu_mwait cpu_mwait_info(const struct cpu_snapshot *snapshot);

/*
 * True where a CPU may need 10 ms from INIT to STARTUP. Not Intel's family 6, AMD from family 0FH on, and Hygon: Linux
 * gives them none (smp_quirk_init_udelay() in arch/x86/kernel/smpboot.c, since 4.2).
 */
bool cpu_init_is_slow(const struct cpu_snapshot *snapshot);

/*
 * True when the APIC timer runs in deep C-states: CPUID.06H:EAX[2], or AMD from family 12h on and Hygon, whose CPUID
 * does not say so on many parts (Linux sets the feature by family: arch/x86/kernel/cpu/amd.c, and so for Hygon).
 */
bool cpu_timer_always_runs(const struct cpu_snapshot *snapshot);

/* TSC frequency in Hz from leaf 15h, where it omits the crystal by the model's; 0 = the leaf does not say. */
uint64_t cpu_tsc_hz_leaf15(const struct cpu_snapshot *snapshot);

/* True when leaf 15h itself names the crystal. */
bool cpu_crystal_listed(const struct cpu_snapshot *snapshot);

/* TSC frequency in Hz from leaf 16h, the base frequency in MHz, right to 1 MHz at best; 0 = not stated. Intel only. */
uint64_t cpu_tsc_hz_leaf16(const struct cpu_snapshot *snapshot);

/*
 * TSC frequency in Hz from leaf 40000010h (VMware's layout, KVM too), right to 1 kHz; 0 = not stated. Only under a
 * hypervisor.
 */
uint64_t cpu_tsc_hz_hypervisor(const struct cpu_snapshot *snapshot);

/*
 * "P" or "E": CPUID.1AH:EAX[31:24] of a hybrid Intel (40h Core, 20h Atom), CPUID.80000026H:EBX[31:28] of an AMD with
 * heterogeneous cores (0 performance, 1 efficiency). NULL: all cores are alike, or another type. Pure.
 */
const char *cpu_core_type(const struct cpu_snapshot *snapshot);

/* Leaf 0Ah. version 0 = no architectural counters. */
struct cpu_pmu {
    uint32_t version;
    uint32_t counters, counter_bits;
    uint32_t fixed, fixed_bits;
    bool cycles, instructions, reference_cycles; /* the event exists */
};

struct cpu_pmu cpu_pmu_info(const struct cpu_snapshot *snapshot);

#endif /* LAB_ARCH_CPU_FEATURES_H */
