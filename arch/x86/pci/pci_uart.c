/* SPDX-License-Identifier: MIT */
#include "arch/x86/pci/pci_uart.h"

enum {
    CLASS_SERIAL = 0x0700,
    CLASS_LPSS_OLD = 0x1180, /* Sunrise Point */
    CLASS_LPSS_NEW = 0x0780, /* since Ice Lake */
    VENDOR_INTEL = 0x8086,
    HEADER_BRIDGE = 1,
    HEADER_CARDBUS = 2,
    BRIDGE_BUSES = 0x18, /* bits 15:8: the bus behind it */
    COMMAND_IO = 1 << 0,
    PORT_BYTES = 8,
    PORTS_OF_BAR_MAX = 8,
    LPSS_RESETS = 0x204,
    LPSS_RESETS_FUNCTION = 3, /* both bits: out of reset */
    LPSS_CAPABILITIES = 0x2FC,
    LPSS_TYPE_SHIFT = 4,
    LPSS_TYPE_MASK = 0xF,
    LPSS_TYPE_UART = 1,
    LPSS_BYTES = 0x300,
};

static void add(struct pci_uart *ports, const struct uart_place *place)
{
    if (ports->count < PCI_UART_PLACES_MAX)
        ports->places[ports->count++] = *place;
}

static void switch_on(const struct pci_device *device, uint16_t what)
{
    uint16_t command = (uint16_t)pci_read(device->at, PCI_COMMAND);

    if (!(command & what))
        pci_write16(device->at, PCI_COMMAND, command | what);
}

/* How many bytes a register of ports decodes: what does not stay when ones are written. It decodes none meanwhile. */
static uint32_t io_bytes(const struct pci_device *device, uint32_t offset)
{
    uint16_t command = (uint16_t)pci_read(device->at, PCI_COMMAND);
    uint32_t bar = pci_read(device->at, offset), sized;

    pci_write16(device->at, PCI_COMMAND, command & (uint16_t) ~(COMMAND_IO | PCI_COMMAND_MEMORY));
    pci_write32(device->at, offset, UINT32_MAX);
    sized = pci_read(device->at, offset);
    pci_write32(device->at, offset, bar);
    pci_write16(device->at, PCI_COMMAND, command);
    return (~sized & PCI_BAR_IO_BASE) + (PCI_BAR_IO_BASE & -PCI_BAR_IO_BASE);
}

static void add_io(const struct pci_device *device, const struct pci_bar *bar, struct pci_uart *ports)
{
    uint32_t count = io_bytes(device, bar->offset) / PORT_BYTES;

    switch_on(device, COMMAND_IO);
    for (uint32_t i = 0; i < count && i < PORTS_OF_BAR_MAX; i++) {
        struct uart_place place = uart_at_port((uint16_t)(bar->base + i * PORT_BYTES));

        add(ports, &place);
    }
}

/* No register says how far apart the ports' registers are: one byte, or a double word each. */
static void add_memory(const struct pci_device *device, uint64_t base, struct pci_uart *ports)
{
    struct uart_place place = {.memory = true, .stride = 1, .access = 1, .address = base};

    switch_on(device, PCI_COMMAND_MEMORY);
    add(ports, &place);
    place.stride = place.access = 4;
    add(ports, &place);
}

static void add_card(const struct pci_device *device, struct pci_uart *ports)
{
    struct pci_bar bar;

    for (uint32_t i = 0; pci_bar_next(device, &i, &bar);)
        if (bar.base && bar.io)
            add_io(device, &bar, ports);
        else if (bar.base)
            add_memory(device, bar.base, ports);
}

/*
 * Only a port that the firmware has taken out of reset: of another one the pins lead nowhere. The clock is a fraction
 * of one that differs by generation, so that the divisor stays, too.
 */
static void add_lpss(const struct pci_device *device, struct pci_uart *ports)
{
    struct uart_place place = {.memory = true, .stride = 4, .access = 4, .address = pci_memory_base(device)};

    if (place.address == 0 || !pci_map(place.address, LPSS_BYTES))
        return;
    if ((pci_memory_read(place.address + LPSS_CAPABILITIES) >> LPSS_TYPE_SHIFT & LPSS_TYPE_MASK) != LPSS_TYPE_UART ||
        (pci_memory_read(place.address + LPSS_RESETS) & LPSS_RESETS_FUNCTION) != LPSS_RESETS_FUNCTION)
        return;
    ports->keep_baud = true;
    add(ports, &place);
}

void pci_uart_places(const struct pci_device *device, struct pci_uart *ports)
{
    uint32_t class = device->class >> 8;

    ports->count = 0;
    ports->keep_baud = false;
    if (device->header != 0)
        return;
    if (class == CLASS_SERIAL)
        add_card(device, ports);
    else if (device->vendor == VENDOR_INTEL && (class == CLASS_LPSS_OLD || class == CLASS_LPSS_NEW))
        add_lpss(device, ports);
}

/* Bridges lead to buses of a higher number. */
static void note_bridge(struct pci_walk *walk, const struct pci_device *device)
{
    uint32_t behind = pci_read(device->at, BRIDGE_BUSES) >> 8 & 0xFF;

    if (device->header == HEADER_BRIDGE || device->header == HEADER_CARDBUS)
        walk->known[behind / 8] |= (uint8_t)(1 << behind % 8);
}

/* Bus 0, or the next one that a bridge leads to. */
static bool open_bus(struct pci_walk *walk)
{
    uint32_t bus = walk->scan.next / PCI_BUS_FUNCTIONS;

    while (bus && bus < PCI_BUSES && !(walk->known[bus / 8] >> bus % 8 & 1))
        bus++;
    if (bus == PCI_BUSES)
        return false;
    walk->scan = (struct pci_scan){.next = bus * PCI_BUS_FUNCTIONS, .end = (bus + 1) * PCI_BUS_FUNCTIONS};
    return true;
}

bool pci_walk_next(struct pci_walk *walk, struct pci_device *device)
{
    do {
        if (walk->scan.next < walk->scan.end && pci_scan_next(&walk->scan, device)) {
            note_bridge(walk, device);
            return true;
        }
    } while (open_bus(walk));
    return false;
}
