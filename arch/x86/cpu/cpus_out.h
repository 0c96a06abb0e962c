/* SPDX-License-Identifier: MIT */
/*
 * CPUs that the firmware lists as enabled and that do not run: how many, why, and the first of those that should.
 *
 * Such a CPU is where the firmware or the last INIT left it: in a loop of HLT or MWAIT, or waiting for STARTUP. It has
 * no IDT of ours and CR4.MCE clear. Pure, but for cpu_note_out(): boot CPU.
 */
#ifndef LAB_ARCH_CPU_CPUS_OUT_H
#define LAB_ARCH_CPU_CPUS_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/cpu/topology.h"

struct machine;

enum cpu_out {
    CPU_RUNS,
    CPU_OUT_CMDLINE, /* cpus= on the command line */
    CPU_OUT_LIMIT,   /* there are more than CPU_MAX */
    /* From here on it should run. */
    CPU_OUT_ID,       /* no CPU has such an APIC id */
    CPU_OUT_XAPIC,    /* an id that only x2APIC mode reaches */
    CPU_OUT_MEMORY,   /* its block and stacks do not fit */
    CPU_OUT_LOW_PAGE, /* no page below 640 KiB is free */
    CPU_OUT_SILENT,   /* it did not answer in time */
    CPU_OUT_REASONS,
};

enum { CPUS_OUT_NAMED = 10 };

struct cpus_out {
    uint32_t count[CPU_OUT_REASONS]; /* by enum cpu_out */
    uint32_t named_count;
    struct cpu_named {
        uint32_t apic_id;
        uint32_t uid; /* the MADT's name for it */
        enum cpu_out why;
    } named[CPUS_OUT_NAMED]; /* the first of those that should run */
};

/* What a listed CPU is judged by. */
struct cpu_rules {
    const struct topology *topology;
    bool x2apic;
    uint32_t limit; /* cpus= of the command line; 0: none */
};

/* What becomes of a listed CPU where `taken` CPUs, the boot CPU among them, are there already. */
enum cpu_out cpu_judge(const struct cpu_rules *rules, uint32_t apic_id, uint32_t taken);

/* Counts one, and names it where it should run and there is room. */
void cpu_note_out(struct machine *machine, uint32_t apic_id, enum cpu_out why);

/* CPUs that are left out by choice: cpus=, or idlelab's own limit. */
static inline uint32_t cpus_left(const struct cpus_out *out)
{
    return out->count[CPU_OUT_CMDLINE] + out->count[CPU_OUT_LIMIT];
}

/* CPUs that should run and do not. */
static inline uint32_t cpus_missing(const struct cpus_out *out)
{
    uint32_t missing = 0;

    for (uint32_t why = CPU_OUT_LIMIT + 1; why < CPU_OUT_REASONS; why++)
        missing += out->count[why];
    return missing;
}

/* "silent" and the like, for records. */
const char *cpu_out_name(enum cpu_out why);

/* The same in words: "no answer in time". */
const char *cpu_out_text(enum cpu_out why);

#endif /* LAB_ARCH_CPU_CPUS_OUT_H */
