/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `preflight` offer each other. */
#ifndef LAB_EXPERIMENTS_PREFLIGHT_PARTS_H
#define LAB_EXPERIMENTS_PREFLIGHT_PARTS_H

#include "experiments/preflight/model.h"

/* The CPUID of the CPU that is asked. */
static inline const struct cpu_snapshot *preflight_cpuid(const struct preflight *page)
{
    return machine_cpuid(page->machine, page->machine->cpus[page->cpu]);
}

/* errata.c */

/* Errata of this processor that may hang the machine or stop its timer. */
void preflight_errata(struct preflight *page);

/* idle.c */

/* How idle states are set up: limits, locks, promotion, clock control. */
void preflight_idle(struct preflight *page);

/* page.c */

/* Adds the answer of the CPU that is asked: a new row only where it differs from the others' answers. */
void preflight_add(struct preflight *page, const char *key, enum preflight_state state, uint64_t value);

/* platform.c */

/* The platform and its history: hypervisor, clocks, SMIs, machine checks, heat. */
void preflight_platform(struct preflight *page);

/* preflight.c */

/* The whole experiment, for the image's section and for the tests that run it against a model. */
extern const struct experiment preflight_experiment;

#endif /* LAB_EXPERIMENTS_PREFLIGHT_PARTS_H */
