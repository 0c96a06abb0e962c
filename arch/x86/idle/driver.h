/* SPDX-License-Identifier: MIT */
/*
 * Idle drivers: which states a policy may choose from, what each costs, and how it is entered.
 *
 * A state is one of the idle methods with its argument, or polling. Tables are built from the snapshot and data alone:
 * pure, any CPU. The meaning of the switches is Linux's (Documentation/admin-guide/pm/cpuidle.rst, intel_idle.rst,
 * kernel-parameters.txt).
 */
#ifndef LAB_ARCH_IDLE_DRIVER_H
#define LAB_ARCH_IDLE_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/governor/idle_table.h"

struct cpu_snapshot;
struct kernel_table;
struct idle_method;

enum idle_driver_kind {
    IDLE_DRIVER_AUTO, /* MWAIT where CPUID lists it and no hypervisor is seen, else HLT */
    IDLE_DRIVER_POLL, /* polling only: idle=poll */
    IDLE_DRIVER_HLT,
    IDLE_DRIVER_MWAIT,    /* as intel_idle takes the states */
    IDLE_DRIVER_ACPI,     /* HLT, and C2 by an I/O port where the processor has one */
    IDLE_DRIVER_HALTPOLL, /* polling, and HLT at 1 us: cpuidle-haltpoll */
    IDLE_DRIVER_KINDS,
};

struct idle_driver_state {
    const struct idle_method *method; /* NULL: poll */
    uint32_t argument;
    bool watches; /* a store to the watched word ends it: a waker sends no interrupt */
};

struct idle_driver {
    enum idle_driver_kind kind;
    const char *source; /* where the figures come from */
    struct idle_driver_state states[IDLE_STATES_MAX];
    struct idle_table table;
};

struct idle_driver_wish {
    enum idle_driver_kind kind;
    const struct kernel_table *model; /* NULL: the driver's own choice */
    uint32_t max_cstate;              /* states above this index are dropped */
    uint32_t disabled_mask;           /* bit i: state i is not to be chosen */
    uint32_t c2_port;                 /* the I/O port that asks for C2; 0: none */
};

/* Fills the driver. NULL, or why this processor cannot have it. */
const char *idle_driver_build(struct idle_driver *driver, const struct cpu_snapshot *snapshot,
                              const struct idle_driver_wish *wish);

const char *idle_driver_name(enum idle_driver_kind kind);

#endif /* LAB_ARCH_IDLE_DRIVER_H */
