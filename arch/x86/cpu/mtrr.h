/* SPDX-License-Identifier: MIT */
/*
 * Memory type range registers: what memory type an address has, and whether all CPUs agree on it.
 *
 * MONITOR, UMONITOR and MONITORX arm on write-back memory only, so the survey must know. Reading needs the exception
 * table and is done once per CPU at boot; asking is pure. Source: SDM volume 3A, section 12.11.
 */
#ifndef LAB_ARCH_CPU_MTRR_H
#define LAB_ARCH_CPU_MTRR_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/cpu/cpuid.h"

enum {
    MTRR_VARIABLE_MAX = 32,
    MTRR_FIXED_COUNT = 11,
};

enum mtrr_type {
    MTRR_TYPE_UC = 0,
    MTRR_TYPE_WC = 1,
    MTRR_TYPE_WT = 4,
    MTRR_TYPE_WP = 5,
    MTRR_TYPE_WB = 6,
    MTRR_TYPE_UNDEFINED = 255, /* overlapping ranges whose mix the manual leaves undefined */
};

struct mtrr_state {
    bool present;
    uint8_t physical_bits;
    uint32_t variable_count;
    uint64_t capability;   /* IA32_MTRRCAP */
    uint64_t default_type; /* IA32_MTRR_DEF_TYPE */
    uint64_t base[MTRR_VARIABLE_MAX];
    uint64_t mask[MTRR_VARIABLE_MAX];
    uint64_t fixed[MTRR_FIXED_COUNT]; /* 0 to FFFFFh, in order of address */
};

/* Reads this CPU's registers. *state.present is false where there are none or one of them faults. */
void mtrr_read(struct mtrr_state *state, const struct cpu_snapshot *snapshot);

/*
 * Loads state into this CPU by the manual's sequence: caches off and flushed, MTRRs off, written, on, caches on.
 * Interrupts must be off. For a CPU that firmware left unlike the boot CPU; SDM volume 3A, section 12.11.7.2 wants all
 * CPUs to be alike. False where a register faults; the registers written before it stay written.
 */
bool mtrr_load(const struct mtrr_state *state);

/*
 * The type of the byte at a physical address as the MTRRs alone give it. All UC where they are off; WB where they are
 * absent.
 */
enum mtrr_type mtrr_type_at(const struct mtrr_state *state, uint64_t physical);

/* True when two CPUs have the same ranges. */
bool mtrr_same(const struct mtrr_state *a, const struct mtrr_state *b);

/* "UC", "WC", "WT", "WP", "WB", "undefined". */
const char *mtrr_type_name(enum mtrr_type type);

#endif /* LAB_ARCH_CPU_MTRR_H */
