/* SPDX-License-Identifier: MIT */
/*
 * What counters say about a wait, besides its stamps: SMIs, APERF and MPERF, unhalted cycles, residencies.
 *
 * The CPU that will wait finds out once which of them can be read; reading is outside every window. Sources: SDM volume
 * 3, 15.2 (MPERF, APERF), 20.2 (fixed counters); the residencies' registers are power_model.h's; the names are those of
 * turbostat and wult.
 */
#ifndef LAB_ARCH_POWER_EVIDENCE_H
#define LAB_ARCH_POWER_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

struct machine;
struct percpu;
struct power_model;

enum evidence_counter {
    EVIDENCE_SMI,
    EVIDENCE_APERF,
    EVIDENCE_MPERF,
    EVIDENCE_CORE_CYCLES, /* fixed counter 1: unhalted, core clock */
    EVIDENCE_REF_CYCLES,  /* fixed counter 2: unhalted, TSC's rate */
    EVIDENCE_CC1,
    EVIDENCE_CC3,
    EVIDENCE_CC6,
    EVIDENCE_CC7,
    EVIDENCE_MC6,
    EVIDENCE_PC2,
    EVIDENCE_PC3,
    EVIDENCE_PC6,
    EVIDENCE_PC7,
    EVIDENCE_PC8,
    EVIDENCE_PC9,
    EVIDENCE_PC10,
    EVIDENCE_COUNT,
};

struct evidence {
    uint32_t readable;            /* bit per counter */
    uint32_t counted;             /* the same: it has not been zero */
    uint16_t msr[EVIDENCE_COUNT]; /* where each is on this model */
    const struct power_model *model;
    uint64_t tsc_hz;
};

/*
 * Finds out which counters answer here; starts the fixed counters by way of the CPU's list of changed registers. On the
 * CPU, interrupts off.
 */
void evidence_begin(struct evidence *evidence, const struct machine *machine, struct percpu *cpu);

/*
 * Reads all counters; turns such a reading into what each has counted since, residencies in ticks of the TSC. A counter
 * that cannot be read keeps its value, which should be 0.
 */
void evidence_read(const struct evidence *evidence, uint64_t values[EVIDENCE_COUNT]);
void evidence_since(const struct evidence *evidence, uint64_t values[EVIDENCE_COUNT]);

/* "aperf" and so on, as scalars are named. */
const char *evidence_name(enum evidence_counter counter);

static inline bool evidence_has(const struct evidence *evidence, enum evidence_counter counter)
{
    return (evidence->readable >> counter) & 1;
}

#endif /* LAB_ARCH_POWER_EVIDENCE_H */
