/* SPDX-License-Identifier: MIT */
/*
 * C-states as firmware describes them to an operating system, as far as they stand in the AML as constants.
 *
 * Pure. Nothing is interpreted: every package of the form of an entry of _CST (register, type, latency, power) or of
 * _LPI (residency, latency, four more integers, register) is taken, wherever it stands, so a state that firmware offers
 * under conditions is there too, and a latency that a method fills in is the one before. Registers of functional fixed
 * hardware and I/O ports. Sources: ACPI specification 6.5, sections 8.4.1.1 (_CST), 8.4.3.3 (_LPI), 6.4.3.7 (register
 * descriptor); Intel Processor Vendor-Specific ACPI, table 1 (what such a register means).
 */
#ifndef LAB_ARCH_ACPI_CSTATES_H
#define LAB_ARCH_ACPI_CSTATES_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/table.h"

enum {
    ACPI_CSTATES_MAX = 24,
    ACPI_SPACE_FIXED = 0x7F,
};

struct acpi_cstate {
    bool lpi;         /* of _LPI; else of _CST */
    uint8_t space;    /* ACPI_SPACE_IO or ACPI_SPACE_FIXED */
    uint8_t class;    /* fixed: the register's bit offset; 2: MWAIT by the hint in the address */
    uint8_t type;     /* _CST: 1 to 3 */
    uint64_t address; /* port, or hint */
    uint32_t latency_us;
    uint32_t residency_us; /* _LPI */
    uint32_t count;        /* how often it stands there: once for each processor, in most tables */
};

struct acpi_cstates {
    uint32_t count;
    uint32_t lost; /* different ones that did not fit */
    struct acpi_cstate list[ACPI_CSTATES_MAX];
};

/* Adds those of one table's AML. */
void acpi_cstates_find(struct acpi_cstates *states, const uint8_t *aml, uint32_t bytes);

#endif /* LAB_ARCH_ACPI_CSTATES_H */
