/* SPDX-License-Identifier: MIT */
/*
 * The processor's own energy counters (RAPL): which there are, their units, and readings of them.
 *
 * Registers through cpu/msr.h, read only; on a CPU of the package that is meant. Sources: SDM volume 3, 15.10 (RAPL
 * interfaces), volume 4 (units by model); AMD PPR of family 17h, MSRC001_0299 to 029B; Linux,
 * drivers/powercap/intel_rapl_common.c (models with other units).
 */
#ifndef LAB_ARCH_POWER_RAPL_H
#define LAB_ARCH_POWER_RAPL_H

#include <stdbool.h>
#include <stdint.h>

struct cpu_snapshot;

enum rapl_domain {
    RAPL_PKG,   /* the whole package */
    RAPL_CORES, /* Intel: all cores (PP0) */
    RAPL_CORE,  /* AMD: the core that reads */
    RAPL_DRAM,  /* Intel */
    RAPL_DOMAINS,
};

struct rapl {
    uint32_t there;                 /* bit per domain */
    uint64_t unit_pj[RAPL_DOMAINS]; /* energy of one count */
    uint32_t msr[RAPL_DOMAINS];
};

struct rapl_reading {
    uint32_t counts[RAPL_DOMAINS];
};

/*
 * NULL where the package has an energy counter, else why it has none. A guest's counters, where it has some, are not
 * the machine's, and are not read.
 */
const char *rapl_find(struct rapl *rapl, const struct cpu_snapshot *snapshot, bool guest);

/* False: a counter could not be read (#GP). */
bool rapl_read(const struct rapl *rapl, struct rapl_reading *reading);

/*
 * Waits until the package's counter steps and reads all. Stores the stamp right after the step, in ticks of this CPU's
 * TSC. False: it stood still for `limit_tsc` ticks, or could not be read. Native half: rapl_native.c.
 */
bool rapl_wait_step(const struct rapl *rapl, uint64_t limit_tsc, struct rapl_reading *reading, uint64_t *at_tsc);

/* nJ in a domain between two readings. */
uint64_t rapl_nj(const struct rapl *rapl, enum rapl_domain domain, const struct rapl_reading *before,
                 const struct rapl_reading *after);

static inline bool rapl_has(const struct rapl *rapl, enum rapl_domain domain)
{
    return (rapl->there >> domain) & 1;
}

#endif /* LAB_ARCH_POWER_RAPL_H */
