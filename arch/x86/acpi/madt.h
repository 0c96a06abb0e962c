/* SPDX-License-Identifier: MIT */
/*
 * The MADT: processors, I/O APICs and interrupt overrides, in the order of the table.
 *
 * Pure. Source: ACPI specification 6.5, section 5.2.12.
 */
#ifndef LAB_ARCH_ACPI_MADT_H
#define LAB_ARCH_ACPI_MADT_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/table.h"

enum {
    ACPI_CPUS_MAX = 4096, /* more than run, so that all of a large machine are counted */
    ACPI_IOAPICS_MAX = 16,
    ACPI_OVERRIDES_MAX = 32,
};

/* An enabled processor. Slots that are only online capable are empty sockets: they are counted, and take no place. */
struct acpi_cpu {
    uint32_t apic_id;
    uint32_t uid;
    bool x2apic; /* from an x2APIC entry */
};

struct acpi_ioapic {
    uint8_t id;
    uint32_t gsi_base;
    uint32_t address;
};

/* Polarity and trigger of an interrupt input; "as the bus" means edge, active high for ISA. */
struct acpi_override {
    uint8_t irq; /* ISA */
    uint32_t gsi;
    bool active_low;
    bool level;
};

struct acpi_madt {
    bool present;
    bool pcat_compat;       /* there are 8259s, which must be masked */
    uint64_t lapic_address; /* after the override entry */
    uint32_t cpu_count, ioapic_count, override_count;
    uint32_t lost_cpus;   /* enabled CPUs that did not fit */
    uint32_t empty_slots; /* online capable, not enabled: sockets that may be filled while a system runs */
    uint32_t disabled;    /* neither: switched off, or not there */
    uint32_t doubles;     /* enabled, and listed before */
    uint32_t refused;     /* entries of CPUs that are too short to be read */
    struct acpi_cpu cpus[ACPI_CPUS_MAX];
    struct acpi_ioapic ioapics[ACPI_IOAPICS_MAX];
    struct acpi_override overrides[ACPI_OVERRIDES_MAX];
};

/*
 * Decodes a table. A bad entry costs that entry, and one without a usable length all that stand behind it; problems
 * says so. A processor that is listed twice by APIC id is kept once, at the place where it is first enabled.
 */
void acpi_madt_read(struct acpi_madt *madt, const struct acpi_table *table, struct acpi_problems *problems);

/* Where an ISA interrupt arrives: the override, or GSI = IRQ, edge, active high. */
struct acpi_override acpi_madt_isa_irq(const struct acpi_madt *madt, uint8_t irq);

#endif /* LAB_ARCH_ACPI_MADT_H */
