/* SPDX-License-Identifier: MIT */
/*
 * The watchdog of Intel's chipsets (TCO): whether its timer counts. It then resets the machine, if nobody feeds it and
 * the board lets it. Only looks. Boot CPU.
 *
 * Sources: Intel 9 Series PCH data sheet, 12.9 (TCO registers) and 12.1 (LPC, PMBASE and ACPI_CNTL); 100 Series, volume
 * 2 (SMBus, TCOBASE and TCOCTL).
 */
#ifndef LAB_ARCH_PCI_TCO_H
#define LAB_ARCH_PCI_TCO_H

struct acpi_fadt;

enum tco_state {
    TCO_UNKNOWN, /* another chipset, or its registers are not where they are known to be */
    TCO_HALTED,
    TCO_COUNTS,
};

enum tco_state tco_read(const struct acpi_fadt *fadt);

#endif /* LAB_ARCH_PCI_TCO_H */
