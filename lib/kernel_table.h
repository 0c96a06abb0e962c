/* SPDX-License-Identifier: MIT */
/*
 * Kernels' tables of C-states: exit latency and target residency by processor model and MWAIT hint, as Linux's
 * intel_idle has them, and what AMD's firmware usually states. Facts with their source, not code. Pure; any context.
 *
 * One processor may have several tables: the figures depend on the package limit that the firmware chose and on the
 * number of sockets.
 */
#ifndef LAB_LIB_KERNEL_TABLE_H
#define LAB_LIB_KERNEL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    KERNEL_TABLE_NAME_BYTES = 8,
    KERNEL_TABLE_MODELS = 8,
    KERNEL_STATES_MAX = 9,
    KERNEL_LIMIT_UNKNOWN = 0xff,
};

enum kernel_flags {
    KERNEL_IRQ_ON = 1 << 0,   /* entered with interrupts on: its exit has no masked part */
    KERNEL_OFF = 1 << 1,      /* off by default: where there is C1E, C1 is not offered */
    KERNEL_AMX_INIT = 1 << 2, /* entered only with the AMX tiles in their initial state */
    KERNEL_PORT = 1 << 3,     /* an I/O port read at base + hint, not MWAIT */
};

/* Packed in six bytes, because the image holds all of them. */
struct kernel_state {
    uint8_t name : 4;  /* enum kernel_name */
    uint8_t flags : 4; /* enum kernel_flags */
    uint8_t hint;      /* EAX of MWAIT; with KERNEL_PORT the distance from the port base */
    uint16_t exit_us;
    uint16_t target_us;
};

enum kernel_name {
    KERNEL_C1,
    KERNEL_C1E,
    KERNEL_C2,
    KERNEL_C3,
    KERNEL_C4,
    KERNEL_C6,
    KERNEL_C6N,
    KERNEL_C6S,
    KERNEL_C6P,
    KERNEL_C6SP,
    KERNEL_C7,
    KERNEL_C7_SMALL_S,
    KERNEL_C7S,
    KERNEL_C8,
    KERNEL_C9,
    KERNEL_C10,
};

/* "C1E" and so on; at most four characters. */
const char *kernel_state_name(const struct kernel_state *state);

/* The source of a table's figures. */
enum kernel_source {
    KERNEL_LINUX_6_2,  /* drivers/idle/intel_idle.c of Linux 6.2 */
    KERNEL_LINUX_2025, /* the same file in a kernel of 2025 */
    KERNEL_LINUX_LIST, /* a patch to it on linux-pm, March 2026 */
    KERNEL_FIRMWARE,   /* no driver: what ACPI _CST usually states */
    KERNEL_NOBODY,     /* invented, of the usual magnitude */
};

struct kernel_table {
    char name[KERNEL_TABLE_NAME_BYTES];
    uint8_t models[KERNEL_TABLE_MODELS]; /* of family 6; ends at 0 */
    uint8_t acpi_mask;                   /* bit i: on models[i] a state that ACPI _CST lacks is off by default */
    uint8_t limit_below;                 /* nonzero: holds where MSR E2H[2:0] is known and below it */
    uint8_t sockets_from;                /* nonzero: holds from that many sockets on */
    uint8_t source;                      /* enum kernel_source */
    uint8_t count;
    const struct kernel_state *states; /* shallowest first */
};

/* The processor, and the settings that select a table. */
struct kernel_place {
    bool intel; /* else AMD or Hygon */
    uint32_t family, model;
    uint32_t sockets;   /* 0 is 1 */
    uint32_t pkg_limit; /* MSR E2H[2:0], or KERNEL_LIMIT_UNKNOWN: the figures without a limit then */
};

/* The table of that processor, or NULL: its kernel takes the states from ACPI. */
const struct kernel_table *kernel_table_of(const struct kernel_place *place);

/* By name (`bytes` characters), "generic" included; NULL: there is none. */
const struct kernel_table *kernel_table_find(const char *name, size_t bytes);

/* The index-th of all, for lists; NULL past the last. */
const struct kernel_table *kernel_table_at(size_t index);

/* For a processor without any figures. */
extern const struct kernel_table kernel_table_generic;

/* The state with that hint, a port's where `port`; NULL: the table has none. */
const struct kernel_state *kernel_table_state(const struct kernel_table *table, uint32_t hint, bool port);

/* "Linux 6.2, drivers/idle/intel_idle.c" and so on. */
const char *kernel_source_name(enum kernel_source source);

#endif /* LAB_LIB_KERNEL_TABLE_H */
