/* SPDX-License-Identifier: MIT */
#include "arch/x86/pci/pci.h"

enum {
    FUNCTIONS = 8,
    ALL_FUNCTIONS = PCI_BUSES * PCI_BUS_FUNCTIONS,
    NONE = 0xFFFF, /* no function of that number */
    HEADER_SHIFT = 16,
    HEADER_TYPE = 0x7F,
    HEADER_MANY = 0x80,
    BAR_IO = 1 << 0,
    BAR_WIDTH = 3 << 1,
    BAR_64 = 2 << 1,
};

#define BAR_ADDRESS UINT64_C(0xFFFFFFFFFFFFFFF0)

static struct pci_function function_of(uint32_t number)
{
    return (struct pci_function){(uint8_t)(number >> 8), (number >> 3) & 0x1F, number & 7};
}

bool pci_identify(struct pci_function at, struct pci_device *device)
{
    uint32_t id = pci_read(at, PCI_ID);

    if ((id & 0xFFFF) == NONE || id == 0)
        return false;
    *device = (struct pci_device){
        .at = at,
        .vendor = (uint16_t)id,
        .id = (uint16_t)(id >> 16),
        .class = pci_read(at, PCI_CLASS) >> 8,
        .header = (pci_read(at, PCI_HEADER) >> HEADER_SHIFT) & HEADER_TYPE,
        .command = (uint16_t)pci_read(at, PCI_COMMAND),
    };
    return true;
}

bool pci_scan_next(struct pci_scan *scan, struct pci_device *device)
{
    while (scan->next < (scan->end ? scan->end : ALL_FUNCTIONS)) {
        struct pci_function at = function_of(scan->next++);
        bool found = pci_identify(at, device);

        if (at.function == 0)
            scan->many = found && ((pci_read(at, PCI_HEADER) >> HEADER_SHIFT) & HEADER_MANY);
        if (!scan->many)
            scan->next = (scan->next + FUNCTIONS - 1) / FUNCTIONS * FUNCTIONS;
        if (found)
            return true;
    }
    return false;
}

bool pci_bar_next(const struct pci_device *device, uint32_t *index, struct pci_bar *bar)
{
    uint64_t value;

    if (*index >= PCI_BARS)
        return false;
    *bar = (struct pci_bar){.offset = PCI_BAR0 + 4 * *index};
    value = pci_read(device->at, bar->offset);
    bar->io = value & BAR_IO;
    ++*index;
    if (!bar->io && (value & BAR_WIDTH) == BAR_64 && *index < PCI_BARS)
        value |= (uint64_t)pci_read(device->at, PCI_BAR0 + 4 * (*index)++) << 32;
    bar->base = value & (bar->io ? PCI_BAR_IO_BASE : BAR_ADDRESS);
    return true;
}

uint64_t pci_memory_base(const struct pci_device *device)
{
    struct pci_bar bar;
    uint32_t index = 0;

    return (device->command & PCI_COMMAND_MEMORY) && pci_bar_next(device, &index, &bar) && !bar.io ? bar.base : 0;
}
