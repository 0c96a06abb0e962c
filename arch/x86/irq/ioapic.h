/* SPDX-License-Identifier: MIT */
/*
 * I/O APICs: sending one interrupt input to one CPU, as a vector or as an NMI.
 *
 * Boot CPU, or one CPU at a time. Every access is a slow uncached one: never in a timed window.
 * Source: Intel 82093AA data sheet (290566), section 3.2.
 */
#ifndef LAB_ARCH_IRQ_IOAPIC_H
#define LAB_ARCH_IRQ_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/madt.h"

struct ioapic {
    volatile uint32_t *base;
    uint32_t gsi_base;
    uint32_t pins;
};

struct ioapics {
    uint32_t count;
    struct ioapic list[ACPI_IOAPICS_MAX];
};

enum ioapic_delivery {
    IOAPIC_FIXED = 0,
    IOAPIC_NMI = 4, /* edge triggered; the vector does not matter */
};

struct ioapic_route {
    uint32_t gsi;
    uint32_t apic_id; /* physical destination, 0 to 254 */
    enum ioapic_delivery delivery;
    uint8_t vector;
    bool active_low;
    bool level;
};

/* Maps every I/O APIC of the MADT and masks all its inputs. One that does not answer is left out. */
void ioapic_open(struct ioapics *set, const struct acpi_madt *madt);

/* Programs an input and leaves it masked. False: no I/O APIC has that GSI, or the APIC id does not fit. */
bool ioapic_set(const struct ioapics *set, const struct ioapic_route *route);

/* False: no I/O APIC has that GSI. */
bool ioapic_mask(const struct ioapics *set, uint32_t gsi, bool masked);

/* True when some I/O APIC has that GSI. */
bool ioapic_has(const struct ioapics *set, uint32_t gsi);

#endif /* LAB_ARCH_IRQ_IOAPIC_H */
