/* SPDX-License-Identifier: MIT */
/*
 * Time stamps. Each kind has a name, by which instructions may move across it.
 *
 * RDTSC is not serialising: it may be executed before earlier instructions have, and later ones before it (SDM volume
 * 2, RDTSC). LFENCE waits until every earlier instruction has completed and lets no later one begin (SDM volume 2,
 * LFENCE; on AMD where DE_CFG[1] is set, as every current firmware and hypervisor does). Any CPU, any context; ticks of
 * this CPU's TSC.
 */
#ifndef LAB_ARCH_TIME_TSC_H
#define LAB_ARCH_TIME_TSC_H

#include <stdint.h>

#include "arch/x86/insn.h"

/* Opens a window: everything before it is done. */
static inline __attribute__((always_inline)) uint64_t tsc_begin(void)
{
    lfence();
    return rdtsc();
}

/* Closes a window: nothing after it has begun; the code that is timed has completed. */
static inline __attribute__((always_inline)) uint64_t tsc_end(void)
{
    uint64_t tsc;

    lfence();
    tsc = rdtsc();
    lfence();
    return tsc;
}

/* For limits and progress, where a few dozen ticks do not matter. */
static inline __attribute__((always_inline)) uint64_t tsc_now(void)
{
    return rdtsc();
}

#endif /* LAB_ARCH_TIME_TSC_H */
