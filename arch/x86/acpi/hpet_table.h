/* SPDX-License-Identifier: MIT */
/* The HPET table: where the event timers are. Pure. Source: IA-PC HPET specification 1.0a, section 3.2.4. */
#ifndef LAB_ARCH_ACPI_HPET_TABLE_H
#define LAB_ARCH_ACPI_HPET_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/table.h"

struct acpi_hpet {
    bool present;
    uint64_t address; /* memory mapped; tables that say otherwise are refused */
    uint16_t minimum_tick;
    uint8_t number;
};

void acpi_hpet_read(struct acpi_hpet *hpet, const struct acpi_table *table, struct acpi_problems *problems);

#endif /* LAB_ARCH_ACPI_HPET_TABLE_H */
