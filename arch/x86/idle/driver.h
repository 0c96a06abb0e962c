// SPDX-License-Identifier: MIT
/*
 * Idle drivers: which states a policy may choose from, what each costs, and how it is entered.
 *
 * A state is one of the idle methods with its argument, or polling. Tables are built from the snapshot
 * and data alone: pure, any CPU. The meaning of the switches is Linux's
 * (Documentation/admin-guide/pm/cpuidle.rst, intel_idle.rst, kernel-parameters.txt).
 */
#ifndef LAB_ARCH_IDLE_DRIVER_H
#define LAB_ARCH_IDLE_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/governor/idle_table.h"

struct cpu_snapshot;
struct idle_method;

enum idle_driver_kind {
    IDLE_DRIVER_AUTO, /* MWAIT where CPUID lists it and no hypervisor is seen, else HLT */
    IDLE_DRIVER_POLL, /* polling and nothing else: idle=poll */
    IDLE_DRIVER_HLT,
    IDLE_DRIVER_MWAIT,    /* as intel_idle takes the states */
    IDLE_DRIVER_ACPI,     /* HLT, and I/O port C-states where the processor has a base for them */
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

/* One line of a built-in table: times in us. */
struct idle_model_state {
    const char *name;
    uint8_t hint;
    uint16_t exit_us;
    uint16_t target_us;
};

enum { IDLE_MODEL_STATES = 8, IDLE_MODEL_CPUS = 16 };

/* Tables as in Linux 6.2 and later, drivers/idle/intel_idle.c: facts, not code. */
struct idle_model {
    const char *name;
    uint8_t cpus[IDLE_MODEL_CPUS];                     /* models of family 6; ends at 0 */
    struct idle_model_state states[IDLE_MODEL_STATES]; /* ends at a state without a name */
};

/* The built-in table of that name (`bytes` characters), or of that processor; NULL: there is none. */
const struct idle_model *idle_model_find(const char *name, uint32_t bytes);
const struct idle_model *idle_model_of(const struct cpu_snapshot *snapshot);

/* The table for an MWAIT driver on a processor that none of the others is of. */
extern const struct idle_model idle_model_generic;

struct idle_driver_wish {
    enum idle_driver_kind kind;
    const struct idle_model *model; /* NULL: the driver's own choice */
    uint32_t max_cstate;            /* states above this index are dropped */
    uint32_t disabled_mask;         /* bit i: state i is not to be chosen */
    uint32_t io_port_base;          /* of I/O port C-states; 0: none */
};

/* Fills the driver. NULL, or why this processor cannot have it. */
const char *idle_driver_build(struct idle_driver *driver, const struct cpu_snapshot *snapshot,
                              const struct idle_driver_wish *wish);

const char *idle_driver_name(enum idle_driver_kind kind);

/* The base of AMD's I/O port C-states (MSRC001_0073), or 0. This CPU, under the exception table. */
uint32_t idle_driver_port_base(const struct cpu_snapshot *snapshot);

#endif /* LAB_ARCH_IDLE_DRIVER_H */
