/* SPDX-License-Identifier: MIT */
/* What a log says of the machine that it came from, as far as the image's code asks for it before a step. */
#ifndef LAB_TOOL_PLAN_FACTS_H
#define LAB_TOOL_PLAN_FACTS_H

#include "experiments/kit/experiment.h"

struct machine_facts {
    struct cpuid_leaf leaves[CPU_SNAPSHOT_LEAVES]; /* of CPU 0's kind */
    size_t leaf_count;
    uint32_t apic_ids[CPU_MAX];
    uint32_t cpu_count;
    uint64_t ram_bytes;
    uint64_t tsc_hz;
    uint64_t timer_hz; /* of the APIC timer's count register; 0: it does not count */
    bool deadline;     /* single events by the TSC deadline */
    bool x2apic;
    bool tsc_unstable; /* the CPUs' TSC offsets are not known */
    char hypervisor[16];
    char acpi_oem[7];
};

/* Reads a log. False with a line on stderr: it cannot be read, or has no CPUID leaves. */
bool machine_facts_read(struct machine_facts *facts, const char *log);

#endif /* LAB_TOOL_PLAN_FACTS_H */
