/* SPDX-License-Identifier: MIT */
/*
 * PCI functions: their configuration space by mechanism 1 (ports CF8h and CFCh), which every PC has, and their memory
 * registers. Reaches segment 0 and the first 256 bytes. PCI Local Bus specification 3.0, sections 3.2.2.3.2 and 6.
 *
 * Boot CPU, all others parked; never in a timed window. pci_native.c executes the accesses; a host test links functions
 * of its own instead.
 */
#ifndef LAB_ARCH_PCI_PCI_H
#define LAB_ARCH_PCI_PCI_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PCI_ID = 0x00,
    PCI_COMMAND = 0x04, /* bits 31:16 are the status: written as 1 they are cleared, so it is written by 16 bits */
    PCI_COMMAND_MEMORY = 1 << 1,
    PCI_COMMAND_MASTER = 1 << 2,
    PCI_CLASS = 0x08, /* bits 31:8 */
    PCI_HEADER = 0x0C,
    PCI_BAR0 = 0x10,
    PCI_BARS = 6,
    PCI_BAR_IO_BASE = 0xFFFC, /* bits of a register of ports that are its address */
    PCI_CONFIG_BYTES = 256,   /* of a function, by mechanism 1 */
    PCI_BUSES = 256,
    PCI_BUS_FUNCTIONS = 32 * 8,
};

struct pci_function {
    uint8_t bus, device, function;
};

struct pci_device {
    struct pci_function at;
    uint16_t vendor, id;
    uint32_t class; /* 24 bits: class, subclass, interface */
    uint8_t header; /* type: 0 is an endpoint, 1 and 2 are bridges */
    uint16_t command;
};

/* True where mechanism 1 answers. */
bool pci_present(void);

/* `offset` is a multiple of 4 (2, 1); the writes are that wide. */
uint32_t pci_read(struct pci_function at, uint32_t offset);
void pci_write16(struct pci_function at, uint32_t offset, uint16_t value);
void pci_write8(struct pci_function at, uint32_t offset, uint8_t value);
void pci_write32(struct pci_function at, uint32_t offset, uint32_t value);

/* Maps memory registers. False: no page tables are left for them. */
bool pci_map(uint64_t address, uint32_t bytes);
uint32_t pci_memory_read(uint64_t address);
void pci_memory_write(uint64_t address, uint32_t value);

/* Reads an I/O port of a function. */
uint16_t pci_port_read16(uint16_t port);

/* What configuration space says of a function. False: none is there. */
bool pci_identify(struct pci_function at, struct pci_device *device);

/*
 * The next function in order behind *at, or that of number 0 at first; false at the end. Of a device without function 0
 * none is looked for, nor more than one of a device that says that it has one.
 */
struct pci_scan {
    uint32_t next; /* 0 at first: bus, device and function as one number */
    uint32_t end;  /* the number at which it ends; 0: behind all buses */
    bool many;     /* the device at hand has more functions than one */
};
bool pci_scan_next(struct pci_scan *scan, struct pci_device *device);

/* A base address register: section 6.2.5.1. */
struct pci_bar {
    uint32_t offset; /* in configuration space */
    bool io;         /* ports, else memory */
    uint64_t base;   /* 0: it has no address */
};

/* The register of number *index, which moves behind it: one of 64 bits takes two. False: there is no further one. */
bool pci_bar_next(const struct pci_device *device, uint32_t *index, struct pci_bar *bar);

/* Address of the memory registers of BAR 0; 0: it has none there, or they are switched off. */
uint64_t pci_memory_base(const struct pci_device *device);

#endif /* LAB_ARCH_PCI_PCI_H */
