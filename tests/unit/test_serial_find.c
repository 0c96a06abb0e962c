/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/acpi/serial_table.c arch/x86/acpi/table.c
/*
 * What is tried of the ports that real tables name, with a made-up machine behind serial_add(): the SPCR of an AMD
 * machine and the DBG2 of Intel ones say 8 bits of registers that stand 32 bits apart. The tables are of public dumps
 * (github.com/linuxhw/ACPI).
 */
#include "arch/x86/console/serial.h"

#include "arch/x86/console/serial_find.c"
#include "tests/unit/tap.h"

static uint64_t there; /* a port is here, */
static uint8_t stride; /* with its registers so far apart */
static unsigned tried;
static struct uart_place taken;
static uint32_t taken_baud;

bool serial_add(struct serial *serial, const struct uart_place *place, enum serial_source source, uint32_t baud)
{
    (void)source;
    tried++;
    if (place->address != there || (place->stride ? place->stride : 1) != stride)
        return false;
    taken = *place;
    taken_baud = baud;
    serial->count++;
    return true;
}

bool pci_present(void)
{
    return true;
}

bool pci_identify(struct pci_function at, struct pci_device *device)
{
    (void)at;
    *device = (struct pci_device){.class = 0x060000};
    return true;
}

void pci_uart_places(const struct pci_device *device, struct pci_uart *ports)
{
    (void)device;
    ports->count = 0;
}

bool pci_walk_next(struct pci_walk *walk, struct pci_device *device)
{
    (void)walk, (void)device;
    return false;
}

/* ASUS PN50 (Renoir): the FCH's first UART; the PCI function that it names is the host bridge. */
static const uint8_t spcr_pn50[80] = {
    'S', 'P', 'C', 'R', 0x50, 0,    0,    0,    2,   0x10, '_', 'A', 'S',  'U', 'S', '_', 'V', 'i', 'v', 'o',
    'P', 'C', 0,   0,   0x09, 0x20, 7,    1,    'A', 'M',  'I', ' ', 0x10, 0,   5,   0,   0,   0,   0,   0,
    0,   8,   0,   0,   0,    0x90, 0xDC, 0xFE, 0,   0,    0,   0,   3,    0,   0,   0,   0,   0,   7,   0,
    1,   0,   2,   0,   0x30, 0x16, 0x22, 0x10, 0,   0,    0,   1,   0,    0,   0,   0,   0,   0,   0,   0,
};
/* Lenovo Legion Y540: an LPSS port of the chipset. The name of the device in the tables is left out. */
static const uint8_t dbg2_y540[82] = {
    'D',       'B', 'G', '2',         82,        0, 0,  0, [36] = 0x2C, 0,           0,    0,    1,           0, 0, 0,
    [45] = 38, 0,   1,   [57] = 0x80, [62] = 22, 0, 34, 0, [67] = 8,    [71] = 0x60, 0x03, 0xFE, [78] = 0x20,
};

static struct acpi_problems problems;
static struct serial serial;

static void begin(uint64_t address, uint8_t apart)
{
    there = address;
    stride = apart;
    tried = 0;
    serial.count = 0;
}

static void test_spcr(void)
{
    struct acpi_table table = {.bytes = spcr_pn50, .length_bytes = sizeof(spcr_pn50)};
    struct acpi_serial port;

    acpi_spcr_read(&port, &table, &problems);
    begin(0xFEDC9000, 4);
    TAP_OK(serial_add_table(&serial, &port, SERIAL_SPCR, 0) && taken.access == 4 && tried == 2, "32 bits are tried");
    TAP_OK(taken_baud == UART_BAUD_KEEP, "at the firmware's speed: no clock is given");
    begin(0xFEDC9000, 1);
    TAP_OK(serial_add_table(&serial, &port, SERIAL_SPCR, 0) && taken.access == 1 && tried == 1,
           "what the table says comes first");
    begin(0, 1);
    TAP_OK(!serial_add_table(&serial, &port, SERIAL_SPCR, 0) && tried == 2, "nothing there");
    port.place.stride = port.place.access = 4;
    begin(0, 1);
    TAP_OK(!serial_add_table(&serial, &port, SERIAL_SPCR, 0) && tried == 1, "32 bits as stated are tried once");
    port.place = uart_at_port(0x2F8);
    begin(0, 1);
    TAP_OK(!serial_add_table(&serial, &port, SERIAL_SPCR, 0) && tried == 1, "ports are one byte apart");
    port.refused = "ARM PL011";
    TAP_OK(!serial_add_table(&serial, &port, SERIAL_SPCR, 0) && tried == 1, "what is refused is not tried");
}

static void test_dbg2(void)
{
    struct acpi_table table = {.bytes = dbg2_y540, .length_bytes = sizeof(dbg2_y540)};
    struct acpi_info acpi = {.madt = {0}};

    acpi_dbg2_read(&acpi.dbg2, &table, &problems);
    TAP_OK(acpi.dbg2.count == 1 && problems.count == 0, "the table is read");
    begin(0xFE036000, 4);
    serial_add_all(&serial, &acpi, 0);
    TAP_OK(serial.count == 1 && taken.memory && taken_baud == UART_BAUD_KEEP, "DBG2's is found, too");
}

struct uart_place uart_at_port(uint16_t port)
{
    return (struct uart_place){.address = port};
}

uint16_t uart_com_port(uint32_t index)
{
    return (uint16_t)(0x3F8 - index);
}

int main(void)
{
    test_spcr();
    test_dbg2();
    return tap_done();
}
