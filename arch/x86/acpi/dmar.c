/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/dmar.h"

#include <stddef.h>

enum {
    DMAR_TABLE_BYTES = 48,
    DMAR_FLAGS = 37,
    APIC_IDS_XAPIC = 255, /* 255 itself is broadcast */
};

void acpi_dmar_read(struct acpi_dmar *dmar, const struct acpi_table *table, struct acpi_problems *problems)
{
    *dmar = (struct acpi_dmar){0};
    if (table->bytes == NULL)
        return;
    if (table->length_bytes < DMAR_TABLE_BYTES) {
        acpi_problem_add(problems, "DMAR", ACPI_REASON_LENGTH, table->address);
        return;
    }
    *dmar = (struct acpi_dmar){.present = true, .flags = table->bytes[DMAR_FLAGS]};
}

bool acpi_dmar_keeps_xapic(const struct acpi_dmar *dmar, uint32_t highest_apic_id)
{
    return (dmar->flags & DMAR_X2APIC_OPT_OUT) && highest_apic_id < APIC_IDS_XAPIC;
}
