/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/serial.h"

#include "arch/x86/pci/pci_uart.h"

enum { COM_PORTS = 4 };

static uint32_t add_function(struct serial *serial, const struct pci_device *device, enum serial_source source,
                             uint32_t baud, uint32_t clock_hz)
{
    struct pci_uart ports;
    uint32_t before = serial->count;

    pci_uart_places(device, &ports);
    for (uint32_t i = 0; i < ports.count; i++) {
        ports.places[i].clock_hz = clock_hz;
        serial_add(serial, &ports.places[i], source, baud == 0 && ports.keep_baud ? UART_BAUD_KEEP : baud);
    }
    return serial->count - before;
}

uint32_t serial_add_pci(struct serial *serial, struct pci_function at, enum serial_source source, uint32_t baud,
                        uint32_t clock_hz)
{
    struct pci_device device;

    return pci_present() && pci_identify(at, &device) ? add_function(serial, &device, source, baud, clock_hz) : 0;
}

/* The firmware may have left the function's registers off; what the walk adds here it leaves on. */
static void wake_function(struct pci_function at)
{
    struct pci_device device;
    struct pci_uart ports;

    if (pci_present() && pci_identify(at, &device))
        pci_uart_places(&device, &ports);
}

/*
 * Tables say "8 bits" of registers that stand 32 bits apart (AMD's FCH, Intel's LPSS): where nothing answers byte by
 * byte, these are tried.
 */
static bool add_place(struct serial *serial, const struct acpi_serial *table, enum serial_source source, uint32_t baud)
{
    struct uart_place wide = table->place;

    if (serial_add(serial, &table->place, source, baud))
        return true;
    wide.stride = wide.access = 4;
    return wide.memory && table->place.stride == 1 && serial_add(serial, &wide, source, baud);
}

bool serial_add_table(struct serial *serial, const struct acpi_serial *table, enum serial_source source, uint32_t baud)
{
    struct pci_function at = {table->bus, table->device, table->function};

    if (!table->present || table->refused)
        return false;
    if (baud == 0)
        baud = table->baud;
    if (table->pci && table->place.address == 0)
        return serial_add_pci(serial, at, source, baud, table->place.clock_hz) != 0;
    if (table->pci)
        wake_function(at);
    return add_place(serial, table, source, baud);
}

void serial_add_all(struct serial *serial, const struct acpi_info *acpi, uint32_t baud)
{
    struct pci_walk walk = {0};
    struct pci_device device;

    for (uint32_t i = 0; i < COM_PORTS; i++) {
        struct uart_place place = uart_at_port(uart_com_port(i));

        serial_add(serial, &place, SERIAL_PROBE, baud);
    }
    for (uint32_t i = 0; i < acpi->dbg2.count; i++)
        serial_add_table(serial, &acpi->dbg2.ports[i], SERIAL_DBG2, baud);
    if (!pci_present())
        return;
    while (serial->count < SERIAL_PORTS_MAX && pci_walk_next(&walk, &device))
        add_function(serial, &device, SERIAL_PCI, baud, 0);
}
