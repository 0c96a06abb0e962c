/* SPDX-License-Identifier: MIT */
/*
 * Devices that keep the package awake: USB controllers are taken from the firmware, and endpoints lose bus mastering,
 * so that they can't move memory. Nothing is put back: no way out of a run returns to a system, and a reset does it.
 *
 * Boot CPU, all others parked.
 */
#ifndef LAB_ARCH_PCI_QUIET_H
#define LAB_ARCH_PCI_QUIET_H

#include "arch/x86/pci/pci.h"
#include "arch/x86/pci/usb_legacy.h"

enum quiet_end {
    QUIET_STOPPED,
    QUIET_WAS_OFF,
    QUIET_REFUSED, /* bus mastering does not stay off */
    QUIET_BRIDGE,  /* from here on it is kept as it is */
    QUIET_DISPLAY,
    QUIET_SYSTEM, /* IOMMU, interrupt controller and their like */
    QUIET_CONSOLE,
    QUIET_ENDS,
};

struct quiet_device {
    struct pci_device pci; /* command: as found */
    uint16_t after;        /* the command register, read back */
    enum quiet_end end;
    struct usb_takeover usb;
};

/* Stops device->pci, and says what came of it. At most 1.2 s. */
void quiet_stop(const struct machine *machine, struct quiet_device *device);

/* "stopped", "was_off", "refused", "bridge", "display", "system", "console". */
const char *quiet_end_name(enum quiet_end end);

#endif /* LAB_ARCH_PCI_QUIET_H */
