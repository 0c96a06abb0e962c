/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/hpet_table.h"

#include "arch/x86/acpi/fadt.h"
#include "lib/cstring.h"

enum {
    HPET_TABLE_BYTES = 56,
    HPET_ADDRESS_SPACE = 40,
    HPET_ADDRESS = 44,
    HPET_NUMBER = 52,
    HPET_MINIMUM_TICK = 53,
};

void acpi_hpet_read(struct acpi_hpet *hpet, const struct acpi_table *table, struct acpi_problems *problems)
{
    uint64_t address;

    memset(hpet, 0, sizeof(*hpet));
    if (table->bytes == NULL)
        return;
    if (table->length_bytes < HPET_TABLE_BYTES) {
        acpi_problem_add(problems, "HPET", ACPI_REASON_LENGTH, table->address);
        return;
    }
    address = acpi_u64(table->bytes + HPET_ADDRESS);
    if (table->bytes[HPET_ADDRESS_SPACE] != ACPI_SPACE_MEMORY || address == 0) {
        acpi_problem_add(problems, "HPET", ACPI_REASON_VALUE, table->address);
        return;
    }
    hpet->present = true;
    hpet->address = address;
    hpet->number = table->bytes[HPET_NUMBER];
    hpet->minimum_tick = acpi_u16(table->bytes + HPET_MINIMUM_TICK);
}
