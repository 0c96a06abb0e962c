/* SPDX-License-Identifier: MIT */
#include "arch/x86/irq/ioapic.h"

#include <stddef.h>

#include "arch/x86/cpu/paging.h"
#include "arch/x86/irq/ioapic_regs.h"

enum {
    IOAPIC_PINS_MAX = 240, /* 82093AA, section 3.2.2: the field's allowed range ends at EFh */
    APIC_ID_MAX = 254,     /* 255 is broadcast */
};

static uint32_t read_register(const struct ioapic *ioapic, uint32_t index)
{
    ioapic->base[IOAPIC_SELECT_WORD] = index;
    return ioapic->base[IOAPIC_WINDOW_WORD];
}

static void write_register(const struct ioapic *ioapic, uint32_t index, uint32_t value)
{
    ioapic->base[IOAPIC_SELECT_WORD] = index;
    ioapic->base[IOAPIC_WINDOW_WORD] = value;
}

static void mask_all(const struct ioapic *ioapic)
{
    for (uint32_t pin = 0; pin < ioapic->pins; pin++) {
        uint32_t low = read_register(ioapic, IOAPIC_ENTRY_LOW(pin));
        write_register(ioapic, IOAPIC_ENTRY_LOW(pin), low | IOAPIC_LOW_MASKED);
    }
}

void ioapic_open(struct ioapics *set, const struct acpi_madt *madt)
{
    *set = (struct ioapics){.count = 0};
    for (uint32_t i = 0; i < madt->ioapic_count; i++) {
        struct ioapic *ioapic = &set->list[set->count];
        uint32_t version;

        ioapic->base = paging_map_mmio(madt->ioapics[i].address, IOAPIC_MMIO_BYTES);
        ioapic->gsi_base = madt->ioapics[i].gsi_base;
        if (ioapic->base == NULL)
            continue;
        version = read_register(ioapic, IOAPIC_VERSION);
        ioapic->pins = ((version >> IOAPIC_VERSION_PINS_SHIFT) & IOAPIC_VERSION_PINS_MASK) + 1;
        if (version == UINT32_MAX || version == 0 || ioapic->pins > IOAPIC_PINS_MAX)
            continue;
        mask_all(ioapic);
        set->count++;
    }
}

static const struct ioapic *find(const struct ioapics *set, uint32_t gsi, uint32_t *pin)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct ioapic *ioapic = &set->list[i];
        if (gsi >= ioapic->gsi_base && gsi - ioapic->gsi_base < ioapic->pins) {
            *pin = gsi - ioapic->gsi_base;
            return ioapic;
        }
    }
    return NULL;
}

/* The input is masked first, so that no half-written entry can deliver. */
bool ioapic_set(const struct ioapics *set, const struct ioapic_route *route)
{
    uint32_t pin = 0, low;
    const struct ioapic *ioapic = find(set, route->gsi, &pin);
    if (ioapic == NULL || route->apic_id > APIC_ID_MAX)
        return false;

    low = IOAPIC_LOW_MASKED | (uint32_t)route->delivery << IOAPIC_LOW_DELIVERY_SHIFT;
    if (route->delivery == IOAPIC_FIXED)
        low |= route->vector;
    if (route->active_low)
        low |= IOAPIC_LOW_ACTIVE_LOW;
    if (route->level && route->delivery == IOAPIC_FIXED)
        low |= IOAPIC_LOW_LEVEL;
    write_register(ioapic, IOAPIC_ENTRY_LOW(pin), low);
    write_register(ioapic, IOAPIC_ENTRY_HIGH(pin), route->apic_id << IOAPIC_HIGH_DESTINATION);
    return true;
}

bool ioapic_mask(const struct ioapics *set, uint32_t gsi, bool masked)
{
    uint32_t pin = 0, low;
    const struct ioapic *ioapic = find(set, gsi, &pin);
    if (ioapic == NULL)
        return false;
    low = read_register(ioapic, IOAPIC_ENTRY_LOW(pin)) & ~IOAPIC_LOW_MASKED;
    write_register(ioapic, IOAPIC_ENTRY_LOW(pin), masked ? low | IOAPIC_LOW_MASKED : low);
    return true;
}

bool ioapic_has(const struct ioapics *set, uint32_t gsi)
{
    uint32_t pin = 0;
    return find(set, gsi, &pin) != NULL;
}
