/* SPDX-License-Identifier: MIT */
/*
 * What turbostat and wult show of a machine, over a whole step: clocks, residencies, power, temperature, and the
 * settings that decide about them.
 *
 * Read on the CPU that the step measures, before its first batch and behind its last, so outside every window. What
 * this processor does not have, or a counter at zero, is left out. Sources: SDM volume 3, 15.2 (MPERF, APERF), 15.4.4
 * (HWP), 15.8 (temperature), 15.10 (RAPL); volume 4, the tables of each model; turbostat (where C1 is the rest).
 */
#ifndef LAB_EXPERIMENTS_KIT_VITALS_H
#define LAB_EXPERIMENTS_KIT_VITALS_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/power/power_model.h"
#include "arch/x86/power/rapl.h"

struct step;

/* Registers that are read once, at the end. */
enum vitals_register {
    VITALS_CORE_HEAT,
    VITALS_PACKAGE_HEAT,
    VITALS_HEAT_TARGET,
    VITALS_EPB,
    VITALS_HWP,
    VITALS_UNCORE_LIMIT,
    VITALS_UNCORE,
    VITALS_IRTL_PC3,
    VITALS_IRTL_PC6,
    VITALS_IRTL_PC7,
    VITALS_IRTL_PC8,
    VITALS_IRTL_PC9,
    VITALS_IRTL_PC10,
    VITALS_REGISTERS,
};

struct vitals_reading {
    uint64_t tsc;
    uint64_t residency[RESIDENCY_COUNT];
    uint64_t aperf, mperf, smi;
    struct rapl_reading energy;
};

struct vitals {
    struct step *step;
    const struct power_model *model; /* NULL: not in the table */
    uint32_t counters;               /* bit per enum residency that could be read */
    bool clocks, smi, energy;        /* could be read */
    bool whole;                      /* both readings were taken */
    struct rapl rapl;
    struct vitals_reading begin, end;
    uint32_t there; /* bit per enum vitals_register */
    uint64_t value[VITALS_REGISTERS];
};

/* Takes the first reading, of a zeroed structure with `step` set; the last one. On the step's CPU; struct vitals *. */
void vitals_begin(void *vitals);
void vitals_end(void *vitals);

/* The rows busy, package, power, limits and irtl, those that have something to say. Boot CPU. */
void vitals_report(const struct vitals *vitals);

#endif /* LAB_EXPERIMENTS_KIT_VITALS_H */
