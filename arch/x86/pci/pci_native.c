/* SPDX-License-Identifier: MIT */
/* The half of pci.h that executes instructions. */
#include "arch/x86/pci/pci.h"

#include <stddef.h>

#include "arch/x86/cpu/paging.h"
#include "arch/x86/insn_privileged.h"

enum { PORT_ADDRESS = 0xCF8, PORT_DATA = 0xCFC };

#define ADDRESS_ENABLE UINT32_C(0x80000000)

/* Chooses a register; returns the port of its first byte. */
static uint16_t choose(struct pci_function at, uint32_t offset)
{
    uint32_t function = (uint32_t)at.bus << 16 | (uint32_t)at.device << 11 | (uint32_t)at.function << 8;

    outl(PORT_ADDRESS, ADDRESS_ENABLE | function | (offset & 0xFC));
    return (uint16_t)(PORT_DATA + (offset & 3));
}

bool pci_present(void)
{
    uint32_t before = inl(PORT_ADDRESS);
    bool kept;

    outl(PORT_ADDRESS, ADDRESS_ENABLE);
    kept = inl(PORT_ADDRESS) == ADDRESS_ENABLE;
    outl(PORT_ADDRESS, before);
    return kept;
}

uint32_t pci_read(struct pci_function at, uint32_t offset)
{
    return inl(choose(at, offset));
}

void pci_write32(struct pci_function at, uint32_t offset, uint32_t value)
{
    outl(choose(at, offset), value);
}

void pci_write16(struct pci_function at, uint32_t offset, uint16_t value)
{
    outw(choose(at, offset), value);
}

void pci_write8(struct pci_function at, uint32_t offset, uint8_t value)
{
    outb(choose(at, offset), value);
}

bool pci_map(uint64_t address, uint32_t bytes)
{
    return paging_map_mmio(address, bytes) != NULL;
}

uint32_t pci_memory_read(uint64_t address)
{
    return *(const volatile uint32_t *)(uintptr_t)address;
}

void pci_memory_write(uint64_t address, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)address = value;
}

uint16_t pci_port_read16(uint16_t port)
{
    return inw(port);
}
