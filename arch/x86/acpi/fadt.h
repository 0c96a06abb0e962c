/* SPDX-License-Identifier: MIT */
/*
 * The FADT: PM timer, reset register, and how to switch the machine off.
 *
 * Pure. Sources: ACPI specification 6.5, sections 4.8.3, 5.2.9, 7.4.2 and 16.1.7.
 */
#ifndef LAB_ARCH_ACPI_FADT_H
#define LAB_ARCH_ACPI_FADT_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/table.h"

enum acpi_space {
    ACPI_SPACE_MEMORY = 0,
    ACPI_SPACE_IO = 1,
    ACPI_SPACE_PCI = 2,
};

/* A register by generic address. address 0 = there is none. */
struct acpi_register {
    uint8_t space; /* enum acpi_space or another number of the specification */
    uint64_t address;
};

struct acpi_fadt {
    bool present;
    bool reduced_hardware; /* no PM timer, no PM1 registers */
    bool reset_supported;
    bool low_power_s0;
    bool pm_timer_32bit;    /* else 24 */
    uint16_t boot_flags;    /* IA-PC boot architecture flags */
    uint16_t pm_timer_port; /* 0 = none */
    struct acpi_register reset;
    uint8_t reset_value;
    uint16_t pm1a_control_port, pm1b_control_port; /* 0 = none */
    uint16_t smi_command_port;
    uint8_t acpi_enable;    /* written to the SMI command port where ACPI mode is off */
    uint16_t c2_latency_us; /* over 100 = no C2 */
    uint16_t c3_latency_us; /* over 1000 = no C3 */
    uint64_t dsdt;
    struct acpi_register sleep_control; /* where hardware is reduced */
    bool s5_known;                      /* \_S5_ was found in the DSDT or an SSDT */
    uint8_t s5_type_a, s5_type_b;       /* SLP_TYP values, 0 to 7 */
};

/* IA-PC boot architecture flags, section 5.2.9.3. */
enum {
    FADT_BOOT_8042 = 1 << 1,
    FADT_BOOT_NO_VGA = 1 << 2,
    FADT_BOOT_NO_CMOS_RTC = 1 << 5,
};

/* Decodes a checked FADT (signature "FACP"), but for the sleep type. */
void acpi_fadt_read(struct acpi_fadt *fadt, const struct acpi_table *table, struct acpi_problems *problems);

/*
 * Looks for \_S5_ in the DSDT or SSDT at an address. It is searched for the package's encoding, not interpreted: where
 * a machine computes \_S5_, s5_known stays false.
 */
void acpi_fadt_read_sleep_type(struct acpi_fadt *fadt, uint64_t address, const char *signature,
                               const struct acpi_memory *memory, struct acpi_problems *problems);

/* Finds Name (\_S5_, Package () {a, b, ...}) in AML bytes. False where it is not there or damaged. */
bool acpi_s5_find(const uint8_t *aml, uint32_t bytes, uint8_t *type_a, uint8_t *type_b);

#endif /* LAB_ARCH_ACPI_FADT_H */
