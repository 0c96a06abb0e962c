/* SPDX-License-Identifier: MIT */
/*
 * Machine checks: without CR4.MCE one resets the machine and says nothing; with it #MC ends the run with what the banks
 * say. A CPU that is not started (cpus=) keeps CR4.MCE off: where #MC goes to every CPU, the machine still resets.
 * Source: SDM volume 3, chapter 16; APM volume 2, chapter 9.
 */
#ifndef LAB_ARCH_IRQ_MACHINE_CHECK_H
#define LAB_ARCH_IRQ_MACHINE_CHECK_H

#include <stdbool.h>
#include <stdint.h>

struct machine;

enum { MACHINE_CHECKS_MAX = 16 };

/* A bank that held an error when #MC came. */
struct machine_check_bank {
    uint32_t cpu;
    uint32_t bank;
    uint64_t status;
    uint64_t addr; /* 0 where STATUS says that it is not valid; so with misc */
    uint64_t misc;
    bool noted; /* atomic: the members before it are whole */
};

struct machine_checks {
    uint32_t count; /* atomic; may pass MACHINE_CHECKS_MAX, the banks after them are lost */
    uint64_t mcg_status;
    struct machine_check_bank banks[MACHINE_CHECKS_MAX];
};

/* All errors of all banks on, then CR4.MCE. On each CPU, once its IDT is loaded. Nothing where CPUID has no MCE. */
void machine_check_enable(const struct machine *machine);

/* Notes this CPU's valid banks, and makes ready for another #MC. In the handler of #MC. */
void machine_check_take(struct machine *machine);

/* The same where #MC has come and its handler has not noted them yet. In the NMI handler of a CPU that stops. */
void machine_check_take_pending(struct machine *machine);

#endif /* LAB_ARCH_IRQ_MACHINE_CHECK_H */
