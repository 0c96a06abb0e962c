/* SPDX-License-Identifier: MIT */
/*
 * Serial ports that are PCI functions: cards and AMT's serial over LAN (class 07h, subclass 00h), and the ports of
 * Intel's LPSS, which have another class.
 *
 * Boot CPU, all others parked. Places are where a 16550 may be: whoever takes one probes it. Sources: PCI Local Bus
 * specification 3.0, sections 6.2.5.1 and D.8; Intel 100 Series PCH datasheet, volume 2, chapter 6 (UART additional
 * registers: 204h resets, 2FCh capabilities). LPSS and AMT are untested on silicon.
 */
#ifndef LAB_ARCH_PCI_PCI_UART_H
#define LAB_ARCH_PCI_PCI_UART_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/console/uart.h"
#include "arch/x86/pci/pci.h"

enum { PCI_UART_PLACES_MAX = 16 };

/* Where the ports of a function may be; alternatives for one port stand behind each other. */
struct pci_uart {
    uint32_t count;
    bool keep_baud; /* the clock is not known, and the firmware has set the port up */
    struct uart_place places[PCI_UART_PLACES_MAX];
};

/* Switches the function's registers on where they have an address. An empty list: it is no serial port, or off. */
void pci_uart_places(const struct pci_device *device, struct pci_uart *ports);

/*
 * The buses that bridges lead to from bus 0, each function once; 0 at first. Ports behind other root bridges are found
 * by their number alone.
 */
struct pci_walk {
    struct pci_scan scan; /* of the bus at hand */
    uint8_t known[PCI_BUSES / 8];
};
bool pci_walk_next(struct pci_walk *walk, struct pci_device *device);

#endif /* LAB_ARCH_PCI_PCI_UART_H */
