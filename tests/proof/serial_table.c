/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/serial_table.h"

#include "tests/proof/proof.h"

static struct acpi_problems problems;

static struct acpi_table table_of(uint32_t bytes)
{
    problems = (struct acpi_problems){0};
    return (struct acpi_table){.bytes = malloc(bytes), .length_bytes = bytes, .address = 0x1000};
}

static void check(const struct acpi_serial *port)
{
    const struct uart_place *place = &port->place;

    if (!port->present || port->refused)
        return;
    assert(place->address || port->pci);
    assert(place->stride == 1 || place->stride == 2 || place->stride == 4);
    assert(place->access <= place->stride);
    assert(place->memory || place->address + (uint64_t)place->stride * UART_REGISTERS <= UINT16_MAX);
}

static void spcr_of(uint32_t bytes)
{
    struct acpi_table table = table_of(bytes);
    struct acpi_serial port;

    acpi_spcr_read(&port, &table, &problems);
    assert(!port.present || bytes >= 76);
    check(&port);
}

void prove_spcr(void)
{
    spcr_of(75);
    spcr_of(76);
    spcr_of(79);
    spcr_of(80);
    spcr_of(83);
    spcr_of(84);
}
