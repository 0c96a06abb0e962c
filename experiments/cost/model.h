/* SPDX-License-Identifier: MIT */
/* What the files of the experiment `cost` share: one step's working set, and the table of instructions. */
#ifndef LAB_EXPERIMENTS_COST_MODEL_H
#define LAB_EXPERIMENTS_COST_MODEL_H

#include "arch/x86/idle/idle.h"
#include "experiments/kit/core_clock.h"
#include "experiments/kit/experiment.h"
#include "lib/marginal.h"

struct cost_insn;

enum { COST_WARMUP = 64 }; /* samples that are thrown away */
enum { COST_FLOOR_TRIES = 1000 };
enum { COST_ONE = 1, COST_HALF = 8, COST_ALL = 16 };

struct cost {
    const struct cost_insn *insn;
    const struct apic *apic;
    const struct apic_timer *timer;
    const struct idle_method *hlt;
    struct idle_call call;
    uint64_t far_tsc; /* arming: an event that does not come meanwhile */
    /* What is timed; of a row that writes a register, with the value ready. msr 0: the register is in memory. */
    void (*copies)(const struct cost *cost, unsigned count);
    uint32_t msr;
    volatile uint32_t *mmio;
    uint64_t value;
    uint64_t *line; /* line of the monitor, and KVM's word for EOI: no other CPU stores there */
    bool each;      /* one instruction between two stamps */
    uint32_t turns; /* of the 8 or 16 copies between two stamps */
    struct marginal marginal;
    struct core_chains chains;
    int64_t *cost;
    int64_t *plain; /* pv_eoi: the EOI by the register, sample by sample */
    uint32_t pv_used;
    int64_t floor_tsc; /* cost of the stamps and the call with no instruction between; smallest of FLOOR_TRIES */
    uint64_t *at_tsc;
    uint32_t count, warmed;
    bool began;
    bool unreal; /* CPUID lists it, but it did not do its work */
    bool waits;  /* it should have returned at once, and waited */
};

/* One instruction of the table. Its number is that of its word in cost_words. */
struct cost_insn {
    const char *name;
    bool privileged;         /* needs ring 0 */
    struct cpuid_field need; /* leaf 0: every x86-64 processor has it */
    /*
     * Runs it COST_ONE, COST_HALF or COST_ALL times, with the same instructions around. NULL: `sample` does it, or
     * `begin` has chosen the register that is written.
     */
    void (*copies)(const struct cost *cost, unsigned count);
    /* One sample in whole ticks; false: there was none. */
    bool (*sample)(struct step *step, struct cost *cost, int64_t *cost_tsc);
    /* Returns NULL, or why this machine cannot run it. In prepare(). The pointer may be NULL. */
    const char *(*check)(const struct step *step);
    /* Sets the running CPU up for it, in each batch; the list of saved registers restores it. May be NULL. */
    void (*begin)(struct step *step, struct cost *cost);
    /* Once, in the first batch: sets unreal or waits where the copies must not run. May be NULL. */
    void (*probe)(struct step *step, struct cost *cost);
};

#endif /* LAB_EXPERIMENTS_COST_MODEL_H */
