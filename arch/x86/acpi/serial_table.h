/* SPDX-License-Identifier: MIT */
/*
 * SPCR and DBG2: the serial port that the firmware talks to, and those for debuggers.
 *
 * Pure. Sources: Microsoft, "Serial Port Console Redirection Table", revisions 1 to 4, and "Debug Port Table 2", of
 * April 2023 (its table 3 has the kinds of ports for both). Stride and access width as Linux and FreeBSD read them.
 */
#ifndef LAB_ARCH_ACPI_SERIAL_TABLE_H
#define LAB_ARCH_ACPI_SERIAL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/table.h"
#include "arch/x86/console/uart.h"

enum { ACPI_DBG2_MAX = 4 };

struct acpi_serial {
    bool present;
    bool pci;                      /* it is a PCI function: address 0 means its first register */
    uint8_t bus, device, function; /* segment 0 */
    uint16_t kind;
    const char *refused; /* NULL: a port that the lab can use; else what it is instead */
    struct uart_place place;
    uint32_t baud; /* UART_BAUD_KEEP: as the firmware has set it */
};

struct acpi_dbg2 {
    uint32_t count;
    struct acpi_serial ports[ACPI_DBG2_MAX]; /* serial ones; further ones are not used */
};

/* Not present where the firmware says that it has no console there: address 0 and no PCI function. */
void acpi_spcr_read(struct acpi_serial *port, const struct acpi_table *table, struct acpi_problems *problems);

void acpi_dbg2_read(struct acpi_dbg2 *ports, const struct acpi_table *table, struct acpi_problems *problems);

#endif /* LAB_ARCH_ACPI_SERIAL_TABLE_H */
