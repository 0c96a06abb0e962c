/* SPDX-License-Identifier: MIT */
#include "arch/x86/pci/tco.h"

#include "arch/x86/acpi/fadt.h"
#include "arch/x86/pci/pci.h"

enum {
    VENDOR_INTEL = 0x8086,
    CLASS_ISA = 0x060100,
    CLASS_SMBUS = 0x0C0500,
    BASE_IO = 1 << 0, /* of both base registers: it is a port */
    BASE_MASK = 0xFFE0,

    PM_BASE = 0x40, /* up to the 9 series: of the ISA bridge 00:1f.0 */
    PM_BASE_MASK = 0xFF80,
    PM_CONTROL = 0x44,
    PM_CONTROL_ON = 1 << 7,
    PM_TIMER = 0x08, /* from PM_BASE: what the FADT says, too */
    PM_TCO = 0x60,

    TCO_BASE = 0x50, /* from the 100 series on: of the SMBus controller 00:1f.4 */
    TCO_CONTROL = 0x54,
    TCO_CONTROL_ON = 1 << 8,

    TCO1_COUNT = 0x08,
    TCO1_HALT = 1 << 11,
};

/* The port of the TCO's registers; 0: not known. */
static uint32_t find(const struct acpi_fadt *fadt)
{
    static const struct pci_function bridge = {0, 0x1f, 0}, smbus = {0, 0x1f, 4};
    struct pci_device device;

    if (pci_identify(bridge, &device) && device.vendor == VENDOR_INTEL && device.class == CLASS_ISA) {
        uint32_t base = pci_read(bridge, PM_BASE);

        if ((base & BASE_IO) && (pci_read(bridge, PM_CONTROL) & PM_CONTROL_ON) &&
            fadt->pm_timer_port == (base & PM_BASE_MASK) + PM_TIMER)
            return (base & PM_BASE_MASK) + PM_TCO;
    }
    if (pci_identify(smbus, &device) && device.vendor == VENDOR_INTEL && device.class == CLASS_SMBUS) {
        uint32_t base = pci_read(smbus, TCO_BASE);

        if ((base & BASE_IO) && (pci_read(smbus, TCO_CONTROL) & TCO_CONTROL_ON))
            return base & BASE_MASK;
    }
    return 0;
}

enum tco_state tco_read(const struct acpi_fadt *fadt)
{
    uint32_t port = pci_present() ? find(fadt) : 0;
    uint16_t value = port ? pci_port_read16((uint16_t)(port + TCO1_COUNT)) : UINT16_MAX;

    if (value == UINT16_MAX)
        return TCO_UNKNOWN;
    return value & TCO1_HALT ? TCO_HALTED : TCO_COUNTS;
}
