/* SPDX-License-Identifier: MIT */
/*
 * The DMAR's flags: what the firmware asks of whoever drives the interrupts.
 *
 * Pure. Source: Intel Virtualization Technology for Directed I/O specification, section 8.1.
 */
#ifndef LAB_ARCH_ACPI_DMAR_H
#define LAB_ARCH_ACPI_DMAR_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/table.h"

enum {
    DMAR_INTR_REMAP = 1 << 0,
    DMAR_X2APIC_OPT_OUT = 1 << 1, /* the firmware asks for xAPIC mode: its SMM code reads APIC ids by MMIO */
};

struct acpi_dmar {
    bool present;
    uint8_t flags;
};

/*
 * True where the firmware asks for xAPIC mode and the highest APIC id of the machine can be had in it. The flag counts
 * beside DMAR_INTR_REMAP only, by the specification; without that the wish is followed all the same, as FreeBSD does,
 * and Linux is in xAPIC mode then for want of remapping. Nothing is lost by it. The table's third flag (DMA protection)
 * is about memory only.
 */
bool acpi_dmar_keeps_xapic(const struct acpi_dmar *dmar, uint32_t highest_apic_id);

void acpi_dmar_read(struct acpi_dmar *dmar, const struct acpi_table *table, struct acpi_problems *problems);

#endif /* LAB_ARCH_ACPI_DMAR_H */
