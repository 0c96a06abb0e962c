/* SPDX-License-Identifier: MIT */
/*
 * Energy counters: their units, their wrap, and energy over time as power. Integers only; any context.
 *
 * The running average power limit (RAPL) counters count in a unit that a register states, in 32 bits, and step about
 * once a millisecond. Sources: SDM volume 3, 15.10 (RAPL interfaces), volume 4 (MSR_RAPL_POWER_UNIT by model); AMD PPR,
 * MSRC001_0299.
 */
#ifndef LAB_LIB_ENERGY_H
#define LAB_LIB_ENERGY_H

#include <stdint.h>

/* The coding of bits 12:8 of the unit register. */
enum energy_coding {
    ENERGY_BINARY, /* 1 / 2^n J: Intel's rule, and AMD's */
    ENERGY_ATOM,   /* 2^n uJ: Silvermont and Airmont */
};

/* Energy of one count in pJ, 10^12 >> n rounded to nearest; never 0. */
uint64_t energy_unit_pj(uint64_t unit_register, enum energy_coding coding);

/* The DRAM counter's unit on servers from Haswell to Ice Lake: fixed, whatever the unit register says. */
#define ENERGY_DRAM_FIXED_PJ UINT64_C(15300000)

/* Counts between two readings of a counter of 32 bits that wrapped at most once. */
static inline uint64_t energy_counts(uint64_t before, uint64_t after)
{
    return (uint32_t)(after - before);
}

/* Counts to nJ, to nearest; saturates. */
uint64_t energy_nj(uint64_t counts, uint64_t unit_pj);

/* Mean power in uW of that energy over that time; 0 where the time is 0; saturates. */
uint64_t energy_uw(uint64_t energy_nj, uint64_t time_ns);

/* Shortest time after which a 32-bit counter may have wrapped at that power, in ns; saturates. */
uint64_t energy_wrap_ns(uint64_t unit_pj, uint64_t power_uw);

#endif /* LAB_LIB_ENERGY_H */
