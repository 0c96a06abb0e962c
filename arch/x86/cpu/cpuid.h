/* SPDX-License-Identifier: MIT */
/*
 * The CPU snapshot: CPUID is read once on a CPU, and every question about it is answered from here.
 *
 * Fill one on the boot CPU with cpu_snapshot_take(), never change it afterwards, and hand out pointers to const.
 * Reading goes through a function pointer, so that a recorded dump answers as the processor would. Reading CPUID exits
 * to a hypervisor hundreds of times: never inside a measurement. Asking a snapshot is a search in memory: any CPU, any
 * context.
 */
#ifndef LAB_ARCH_CPU_CPUID_H
#define LAB_ARCH_CPU_CPUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/x86/cpuid_regs.h"
#include "arch/x86/insn.h"

enum {
    CPU_SNAPSHOT_LEAVES = 192,
    CPU_VENDOR_BYTES = 13,
    CPU_BRAND_BYTES = 49,
};

enum cpu_vendor {
    CPU_VENDOR_UNKNOWN,
    CPU_VENDOR_INTEL,
    CPU_VENDOR_AMD,
    CPU_VENDOR_HYGON,
    CPU_VENDOR_ZHAOXIN, /* CentaurHauls and Shanghai */
};

/* Where CPUID comes from: the instruction, or a recorded dump. */
struct cpuid_source {
    struct cpuid_regs (*read)(void *ctx, uint32_t leaf, uint32_t subleaf);
    void *ctx;
};

struct cpuid_leaf {
    uint32_t leaf;
    uint32_t subleaf;
    struct cpuid_regs regs;
};

struct cpu_snapshot {
    enum cpu_vendor vendor;
    char vendor_text[CPU_VENDOR_BYTES];
    char brand[CPU_BRAND_BYTES]; /* without the blanks around it; "" where the CPU has none */
    uint32_t signature;          /* leaf 1 EAX */
    uint32_t family, model, stepping;
    bool microcode_known;
    uint32_t microcode;
    uint32_t leaf_count;
    uint32_t lost_leaves; /* leaves that did not fit */
    struct cpuid_leaf leaves[CPU_SNAPSHOT_LEAVES];
};

/* Reads every leaf that source reports, in the order basic, hypervisor, extended. Microcode stays unknown. Pure. */
void cpu_snapshot_read(struct cpu_snapshot *snapshot, struct cpuid_source source);

/* The instruction. */
struct cpuid_source cpuid_native(void);

/* Reads this CPU, its microcode revision included. Needs the exception table (rdmsr_try). */
void cpu_snapshot_take(struct cpu_snapshot *snapshot);

/* The registers of one leaf; all zero where the CPU does not report it. *found may be NULL. */
struct cpuid_regs cpu_leaf(const struct cpu_snapshot *snapshot, uint32_t leaf, uint32_t subleaf, bool *found);

/* The value of a field, shifted down; 0 where the CPU has no such leaf. */
uint32_t cpu_field(const struct cpu_snapshot *snapshot, struct cpuid_field field);

/* True when any bit of the field is set. */
bool cpu_has(const struct cpu_snapshot *snapshot, struct cpuid_field feature);

#endif /* LAB_ARCH_CPU_CPUID_H */
