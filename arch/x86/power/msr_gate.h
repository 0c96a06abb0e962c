/* SPDX-License-Identifier: MIT */
/*
 * The gate before every write of a model-specific register: what may be written on this processor, and whether it is
 * written at all.
 *
 * Only registers and bits that the manuals document for this model pass (the list is in msr_gate.c); nothing under a
 * hypervisor unless the script asked for just that; nothing where the register says that it is locked; nothing in a dry
 * run. What passes goes through msr_save.h: read back, and put back on every way out. On the CPU itself, interrupts
 * off.
 */
#ifndef LAB_ARCH_POWER_MSR_GATE_H
#define LAB_ARCH_POWER_MSR_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/cpu/msr_save.h"

struct cpu_snapshot;

struct msr_gate {
    const struct cpu_snapshot *snapshot;
    bool guest;        /* a hypervisor or an emulator is there */
    bool guest_writes; /* the script asked to write even so */
    bool dry_run;
};

/* A change asked for: the bits of `mask` become those of `value`. */
struct msr_wish {
    uint32_t msr;
    uint64_t mask;
    uint64_t value;
    const char *why; /* the script's word for it: what the log says */
};

enum msr_change_end {
    MSR_CHANGED,
    MSR_SAME,       /* the bits already had these values */
    MSR_DRY,        /* would have been changed */
    MSR_NOT_LISTED, /* the register or these bits are not documented for this model */
    MSR_GUEST,      /* a hypervisor is there, and the script did not ask for it */
    MSR_ABSENT,     /* #GP on reading */
    MSR_LOCKED,     /* the register's lock holds these bits */
    MSR_REFUSED,    /* #GP on writing, or the value did not stay: the old one is back */
    MSR_ENDS,
};

struct msr_outcome {
    struct msr_wish wish;
    enum msr_change_end end;
    uint64_t old; /* as read; 0 where it was not */
    uint64_t wanted;
};

/* Which bits of that register may be changed on this processor; 0: none. Pure. */
uint64_t msr_writable_bits(const struct cpu_snapshot *snapshot, uint32_t msr);

/* Does what the wish says, or says why not. */
struct msr_outcome msr_gate_change(const struct msr_gate *gate, struct msr_saves *saves, const struct msr_wish *wish);

/* "changed", "same", "dry_run", "not_listed", "guest", "absent", "locked", "refused". */
const char *msr_change_end_name(enum msr_change_end end);

#endif /* LAB_ARCH_POWER_MSR_GATE_H */
