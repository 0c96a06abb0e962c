/* SPDX-License-Identifier: MIT */
/* CPUs that the firmware lists as enabled and that do not run. */
#ifndef LAB_ARCH_CPU_MISSING_H
#define LAB_ARCH_CPU_MISSING_H

#include <stdint.h>

struct machine;

enum { CPUS_MISSING_NAMED = 10 };

struct cpu_missing {
    uint32_t apic_id;
    uint32_t uid;    /* the MADT's name for it */
    const char *why; /* what became of it */
};

/* Counts one, and names it while there is room (struct machine, `missing`). `why` must last. Boot CPU. */
void cpu_note_missing(struct machine *machine, uint32_t apic_id, const char *why);

#endif /* LAB_ARCH_CPU_MISSING_H */
