/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/pci/pci.c arch/x86/pci/tco.c
/* Where the chipset's watchdog is found, by generation, and that nothing is read where it is not sure to be. */
#include "arch/x86/acpi/fadt.h"
#include "arch/x86/pci/pci.h"
#include "arch/x86/pci/tco.h"
#include "tests/unit/tap.h"

static uint32_t bridge[64], smbus[64];
static uint16_t port_read, port_value;
static bool absent;

bool pci_present(void)
{
    return !absent;
}

uint32_t pci_read(struct pci_function at, uint32_t offset)
{
    if (at.bus || at.device != 0x1f)
        return UINT32_MAX;
    return at.function == 0 ? bridge[offset / 4] : at.function == 4 ? smbus[offset / 4] : UINT32_MAX;
}

uint16_t pci_port_read16(uint16_t port)
{
    port_read = port;
    return port_value;
}

static enum tco_state read(uint16_t pm_timer_port, uint16_t value)
{
    struct acpi_fadt fadt = {.present = true, .pm_timer_port = pm_timer_port};

    port_read = 0;
    port_value = value;
    return tco_read(&fadt);
}

int main(void)
{
    bridge[0] = smbus[0] = 0x8C568086;
    bridge[2] = 0x06010005;
    smbus[2] = 0x0C050005;
    TAP_OK(read(0x408, 0) == TCO_UNKNOWN && !port_read, "no base anywhere");
    bridge[0x40 / 4] = 0x401;
    TAP_OK(read(0x408, 0) == TCO_UNKNOWN && !port_read, "a base that is switched off");
    bridge[0x44 / 4] = 0x80;
    TAP_OK(read(0x408, 0) == TCO_COUNTS && port_read == 0x468, "9 series: it counts");
    TAP_OK(read(0x408, 0x0800) == TCO_HALTED, "9 series: it is halted");
    TAP_OK(read(0x608, 0) == TCO_UNKNOWN && !port_read, "the FADT says another base");
    TAP_OK(read(0x408, 0xffff) == TCO_UNKNOWN, "nobody answers there");
    bridge[0] = 0x78091022;
    TAP_OK(read(0x408, 0) == TCO_UNKNOWN && !port_read, "another vendor");
    smbus[0x50 / 4] = 0x401;
    TAP_OK(read(0x1808, 0) == TCO_UNKNOWN && !port_read, "100 series, switched off");
    smbus[0x54 / 4] = 0x100;
    TAP_OK(read(0x1808, 0) == TCO_COUNTS && port_read == 0x408, "100 series: it counts");
    TAP_OK(read(0x1808, 0x0800) == TCO_HALTED, "100 series: it is halted");
    absent = true;
    TAP_OK(read(0x1808, 0) == TCO_UNKNOWN && !port_read, "no PCI");
    return tap_done();
}
