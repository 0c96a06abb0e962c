/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/fadt.h"

#include "arch/x86/acpi/aml.h"
#include "lib/cstring.h"

/*
 * Offsets of section 5.2.9, table 5.9. ACPI 1.0 tables end at 116, later ones grow: a field past the end is taken as
 * absent.
 */
enum {
    FADT_DSDT = 40,
    FADT_SMI_COMMAND = 48,
    FADT_ACPI_ENABLE = 52,
    FADT_PM1A_CONTROL = 64,
    FADT_PM1B_CONTROL = 68,
    FADT_PM_TIMER = 76,
    FADT_PM_TIMER_BYTES = 91,
    FADT_C2_LATENCY = 96,
    FADT_C3_LATENCY = 98,
    FADT_BOOT_FLAGS = 109,
    FADT_FLAGS = 112,
    FADT_V1_BYTES = 116,
    FADT_RESET = 116,
    FADT_RESET_VALUE = 128,
    FADT_X_DSDT = 140,
    FADT_X_PM1A_CONTROL = 172,
    FADT_X_PM1B_CONTROL = 184,
    FADT_X_PM_TIMER = 208,
    FADT_SLEEP_CONTROL = 244,

    GENERIC_ADDRESS_BYTES = 12,
};

#define FLAG_PM_TIMER_32BIT   (UINT32_C(1) << 8)
#define FLAG_RESET            (UINT32_C(1) << 10)
#define FLAG_REDUCED_HARDWARE (UINT32_C(1) << 20)
#define FLAG_LOW_POWER_S0     (UINT32_C(1) << 21)

enum { AML_NAME = 0x08 }; /* its opcode, chapter 20 */

static bool holds(const struct acpi_table *table, uint32_t offset, uint32_t bytes)
{
    return table->length_bytes >= offset + bytes;
}

/* Generic address structure, section 5.2.3.2: space, width, offset, access size, 64-bit address. */
static struct acpi_register generic_address(const struct acpi_table *table, uint32_t offset)
{
    if (!holds(table, offset, GENERIC_ADDRESS_BYTES))
        return (struct acpi_register){0};
    return (struct acpi_register){
        .space = table->bytes[offset],
        .address = acpi_u64(table->bytes + offset + 4),
    };
}

/* The extended field where it names an I/O port, else the old one. 0 = neither does. */
static uint16_t port_of(const struct acpi_table *table, uint32_t old_offset, uint32_t new_offset)
{
    struct acpi_register r = generic_address(table, new_offset);
    uint32_t port;

    if (r.address != 0)
        return r.space == ACPI_SPACE_IO && r.address <= UINT16_MAX ? (uint16_t)r.address : 0;
    port = acpi_u32(table->bytes + old_offset);
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

static uint64_t dsdt_of(const struct acpi_table *table)
{
    uint64_t address = 0;
    if (holds(table, FADT_X_DSDT, 8))
        address = acpi_u64(table->bytes + FADT_X_DSDT);
    return address != 0 ? address : acpi_u32(table->bytes + FADT_DSDT);
}

/* The first two elements of the package; of one alone both. Elements that are not there end with the package. */
static bool read_package(const uint8_t *aml, uint32_t bytes, uint32_t at, uint8_t *type_a, uint8_t *type_b)
{
    uint64_t a = 0, b;
    uint8_t elements;
    uint32_t end;

    if (!aml_package(aml, bytes, &at, &end, &elements) || elements < 1 || !aml_integer(aml, end, &at, &a))
        return false;
    b = a;
    if (elements > 1 && !aml_integer(aml, end, &at, &b))
        return false;
    *type_a = (uint8_t)a;
    *type_b = (uint8_t)b;
    return a <= 7 && b <= 7;
}

/* "_S5_" counts only right after a name opcode, or after that opcode and the root prefix. */
bool acpi_s5_find(const uint8_t *aml, uint32_t bytes, uint8_t *type_a, uint8_t *type_b)
{
    for (uint32_t at = 1; at + 4 < bytes; at++) {
        bool named;

        if (memcmp(aml + at, "_S5_", 4) != 0)
            continue;
        named = aml[at - 1] == AML_NAME || (at >= 2 && aml[at - 1] == '\\' && aml[at - 2] == AML_NAME);
        if (named && read_package(aml, bytes, at + 4, type_a, type_b))
            return true;
    }
    return false;
}

void acpi_fadt_read_sleep_type(struct acpi_fadt *fadt, uint64_t address, const char *signature,
                               const struct acpi_memory *memory, struct acpi_problems *problems)
{
    struct acpi_table table = acpi_table_open(memory, address, signature, problems);
    uint8_t a = 0, b = 0;

    if (table.bytes == NULL)
        return;
    fadt->s5_known = acpi_s5_find(table.bytes + ACPI_HEADER_BYTES, table.length_bytes - ACPI_HEADER_BYTES, &a, &b);
    fadt->s5_type_a = fadt->s5_known ? a : 0;
    fadt->s5_type_b = fadt->s5_known ? b : 0;
}

static void read_ports(struct acpi_fadt *fadt, const struct acpi_table *table, uint32_t flags)
{
    uint32_t smi_command = acpi_u32(table->bytes + FADT_SMI_COMMAND);
    fadt->pm1a_control_port = port_of(table, FADT_PM1A_CONTROL, FADT_X_PM1A_CONTROL);
    fadt->pm1b_control_port = port_of(table, FADT_PM1B_CONTROL, FADT_X_PM1B_CONTROL);
    fadt->smi_command_port = smi_command <= UINT16_MAX ? (uint16_t)smi_command : 0;
    fadt->acpi_enable = table->bytes[FADT_ACPI_ENABLE];
    fadt->pm_timer_32bit = (flags & FLAG_PM_TIMER_32BIT) != 0;
    if (table->bytes[FADT_PM_TIMER_BYTES] == 4)
        fadt->pm_timer_port = port_of(table, FADT_PM_TIMER, FADT_X_PM_TIMER);
}

void acpi_fadt_read(struct acpi_fadt *fadt, const struct acpi_table *table, struct acpi_problems *problems)
{
    uint32_t flags;

    memset(fadt, 0, sizeof(*fadt));
    if (table->bytes == NULL)
        return;
    if (table->length_bytes < FADT_V1_BYTES) {
        acpi_problem_add(problems, "FACP", ACPI_REASON_LENGTH, table->address);
        return;
    }
    flags = acpi_u32(table->bytes + FADT_FLAGS);
    fadt->present = true;
    fadt->reduced_hardware = (flags & FLAG_REDUCED_HARDWARE) != 0;
    fadt->low_power_s0 = (flags & FLAG_LOW_POWER_S0) != 0;
    fadt->boot_flags = acpi_u16(table->bytes + FADT_BOOT_FLAGS);
    fadt->c2_latency_us = acpi_u16(table->bytes + FADT_C2_LATENCY);
    fadt->c3_latency_us = acpi_u16(table->bytes + FADT_C3_LATENCY);
    if (!fadt->reduced_hardware)
        read_ports(fadt, table, flags);
    if ((flags & FLAG_RESET) != 0 && holds(table, FADT_RESET_VALUE, 1)) {
        fadt->reset = generic_address(table, FADT_RESET);
        fadt->reset_value = table->bytes[FADT_RESET_VALUE];
        fadt->reset_supported = fadt->reset.address != 0;
    }
    if (fadt->reduced_hardware)
        fadt->sleep_control = generic_address(table, FADT_SLEEP_CONTROL);
    fadt->dsdt = dsdt_of(table);
}
