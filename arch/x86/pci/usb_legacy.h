/* SPDX-License-Identifier: MIT */
/*
 * Takes USB controllers from the firmware, which works them by SMIs for keyboards and disks: EHCI and xHCI. Each wait
 * has a limit. Sources: EHCI specification 1.0, sections 2.1.7, 2.1.8 and 5.1; xHCI specification 1.2, sections 4.22.1
 * and 7.1; how long to wait: Linux, drivers/usb/host/pci-quirks.c.
 *
 * Boot CPU, all others parked; takes at most 1.2 s.
 */
#ifndef LAB_ARCH_PCI_USB_LEGACY_H
#define LAB_ARCH_PCI_USB_LEGACY_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/pci/pci.h"

struct machine;

enum usb_handoff {
    USB_NONE,          /* neither EHCI nor xHCI */
    USB_NO_REGISTERS,  /* they are switched off, or make no sense: nothing was done */
    USB_NO_CAPABILITY, /* the controller has no legacy support: only stopped */
    USB_NOT_OWNED,     /* the firmware did not have it */
    USB_TAKEN,         /* the firmware gave it back */
    USB_FORCED,        /* it did not within a second; taken all the same, as Linux does */
    USB_HANDOFFS,
};

struct usb_takeover {
    enum usb_handoff how;
    uint32_t smi; /* enable bits of USBLEGCTLSTS that were on */
    bool halted;  /* the controller stands still: nothing that it has begun moves memory */
};

/* Does nothing, USB_NONE, for any other class of device. */
struct usb_takeover usb_take(const struct machine *machine, const struct pci_device *device);

/* "none", "no_registers", "no_capability", "not_owned", "taken", "forced". */
const char *usb_handoff_name(enum usb_handoff how);

#endif /* LAB_ARCH_PCI_USB_LEGACY_H */
