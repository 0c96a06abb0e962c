/* SPDX-License-Identifier: MIT */
#include "arch/x86/pci/pci.h"

enum {
    FUNCTIONS = 8,
    ALL_FUNCTIONS = 256 * 32 * FUNCTIONS,
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
    while (scan->next < ALL_FUNCTIONS) {
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

uint64_t pci_memory_base(const struct pci_device *device)
{
    uint64_t bar = pci_read(device->at, PCI_BAR0);

    if ((bar & BAR_IO) || !(device->command & PCI_COMMAND_MEMORY))
        return 0;
    if ((bar & BAR_WIDTH) == BAR_64)
        bar |= (uint64_t)pci_read(device->at, PCI_BAR0 + 4) << 32;
    return bar & BAR_ADDRESS;
}
