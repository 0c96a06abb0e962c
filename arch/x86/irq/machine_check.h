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
struct percpu;

enum {
    MACHINE_CHECKS_MAX = 16,
    /* Banks that are read: those from 32 on would be other registers on Intel (480h is IA32_VMX_BASIC). */
    MACHINE_CHECK_BANKS = 32,
};

/* A bank that held an error. */
struct machine_check_bank {
    const struct percpu *cpu; /* the first that saw it */
    uint32_t cpus;            /* atomic: that saw the same: threads, cores and packages share banks */
    uint32_t bank;
    uint64_t status;
    uint64_t addr; /* 0 where STATUS says that it is not valid; so with misc */
    uint64_t misc;
    bool noted; /* atomic: the members before it are whole */
};

struct machine_check_list {
    uint32_t count; /* atomic; may pass MACHINE_CHECKS_MAX, the banks after them are lost */
    struct machine_check_bank banks[MACHINE_CHECKS_MAX];
};

struct machine_checks {
    uint64_t mcg_status;
    struct machine_check_list found; /* at boot: errors from before it, whose banks were then cleared */
    struct machine_check_list taken; /* when #MC came */
};

/*
 * Notes the errors that the banks hold from before and clears them, so that what a later #MC finds is new (Linux logs
 * and clears them, too: arch/x86/kernel/cpu/mce/core.c). Then all errors of all banks on, and CR4.MCE. On each CPU,
 * once its IDT is loaded. Nothing where CPUID has no MCE.
 */
void machine_check_enable(struct machine *machine);

/* Notes this CPU's valid banks, and makes ready for another #MC. In the handler of #MC. */
void machine_check_take(struct machine *machine);

/* The same where #MC has come and its handler has not noted them yet. In the NMI handler of a CPU that stops. */
void machine_check_take_pending(struct machine *machine);

#endif /* LAB_ARCH_IRQ_MACHINE_CHECK_H */
