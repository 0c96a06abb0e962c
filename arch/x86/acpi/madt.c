/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/madt.h"

#include "lib/cstring.h"

/* Section 5.2.12, table 5.19 and following. */
enum {
    MADT_FIXED_BYTES = 44,
    MADT_LAPIC_ADDRESS_OFFSET = 36,
    MADT_FLAGS_OFFSET = 40,
    MADT_FLAG_PCAT_COMPAT = 1,

    ENTRY_LAPIC = 0,
    ENTRY_IOAPIC = 1,
    ENTRY_OVERRIDE = 2,
    ENTRY_LAPIC_NMI = 4,
    ENTRY_LAPIC_ADDRESS = 5,
    ENTRY_X2APIC = 9,
    ENTRY_X2APIC_NMI = 10,

    CPU_FLAG_ENABLED = 1,
    CPU_FLAG_ONLINE_CAPABLE = 2,

    UID_ALL_8BIT = 0xFF,
    ISA_IRQS = 16,
};
#define UID_ALL_32BIT    UINT32_C(0xFFFFFFFF)
#define APIC_ID_ALL_8BIT UINT32_C(0xFF)

/* The least length of each kind of entry that is read here; 0 = not read. */
static uint8_t entry_bytes(uint8_t type)
{
    switch (type) {
    case ENTRY_LAPIC:
        return 8;
    case ENTRY_IOAPIC:
        return 12;
    case ENTRY_OVERRIDE:
        return 10;
    case ENTRY_LAPIC_NMI:
        return 6;
    case ENTRY_LAPIC_ADDRESS:
        return 12;
    case ENTRY_X2APIC:
        return 16;
    case ENTRY_X2APIC_NMI:
        return 12;
    default:
        return 0;
    }
}

/* MPS INTI flags, table 5.25: polarity in bits 1:0, trigger in bits 3:2; 0 = as the bus. */
static bool inti_active_low(uint16_t flags)
{
    return (flags & 3) == 3;
}

static bool inti_level(uint16_t flags)
{
    return ((flags >> 2) & 3) == 3;
}

static void too_many(struct acpi_problems *problems, uint64_t address)
{
    acpi_problem_add(problems, "APIC", ACPI_REASON_TOO_MANY, address);
}

static bool listed(const struct acpi_madt *madt, uint32_t apic_id)
{
    for (uint32_t i = 0; i < madt->cpu_count; i++)
        if (madt->cpus[i].apic_id == apic_id)
            return true;
    return false;
}

/* A slot that is neither enabled nor online capable does not exist; firmware fills such entries with any id. */
static void add_cpu(struct acpi_madt *madt, struct acpi_cpu cpu)
{
    if ((!cpu.enabled && !cpu.online_capable) || listed(madt, cpu.apic_id))
        return;
    if (madt->cpu_count == ACPI_CPUS_MAX) {
        madt->lost_cpus += cpu.enabled ? 1 : 0;
        return;
    }
    madt->cpus[madt->cpu_count++] = cpu;
}

static void read_cpu(struct acpi_madt *madt, const uint8_t *entry)
{
    bool x2apic = entry[0] == ENTRY_X2APIC;
    uint32_t flags = acpi_u32(entry + (x2apic ? 8 : 4));
    struct acpi_cpu cpu = {
        .apic_id = x2apic ? acpi_u32(entry + 4) : entry[3],
        .uid = x2apic ? acpi_u32(entry + 12) : entry[2],
        .enabled = (flags & CPU_FLAG_ENABLED) != 0,
        .online_capable = (flags & CPU_FLAG_ONLINE_CAPABLE) != 0,
        .x2apic = x2apic,
    };
    /* The broadcast id is no processor. */
    if (cpu.apic_id != (x2apic ? UID_ALL_32BIT : APIC_ID_ALL_8BIT))
        add_cpu(madt, cpu);
}

static void read_ioapic(struct acpi_madt *madt, const uint8_t *entry, struct acpi_problems *problems, uint64_t address)
{
    struct acpi_ioapic ioapic = {
        .id = entry[2],
        .address = acpi_u32(entry + 4),
        .gsi_base = acpi_u32(entry + 8),
    };
    if (ioapic.address == 0)
        acpi_problem_add(problems, "APIC", ACPI_REASON_VALUE, address);
    else if (madt->ioapic_count == ACPI_IOAPICS_MAX)
        too_many(problems, address);
    else
        madt->ioapics[madt->ioapic_count++] = ioapic;
}

static void read_override(struct acpi_madt *madt, const uint8_t *entry, struct acpi_problems *problems,
                          uint64_t address)
{
    uint16_t flags = acpi_u16(entry + 8);
    struct acpi_override override = {
        .irq = entry[3],
        .gsi = acpi_u32(entry + 4),
        .active_low = inti_active_low(flags),
        .level = inti_level(flags),
    };
    if (entry[2] != 0 || override.irq >= ISA_IRQS)
        acpi_problem_add(problems, "APIC", ACPI_REASON_VALUE, address);
    else if (madt->override_count == ACPI_OVERRIDES_MAX)
        too_many(problems, address);
    else
        madt->overrides[madt->override_count++] = override;
}

static void read_nmi(struct acpi_madt *madt, const uint8_t *entry, struct acpi_problems *problems, uint64_t address)
{
    bool x2apic = entry[0] == ENTRY_X2APIC_NMI;
    uint16_t flags = acpi_u16(entry + (x2apic ? 2 : 3));
    struct acpi_nmi nmi = {
        .uid = x2apic ? acpi_u32(entry + 4) : entry[2],
        .lint = x2apic ? entry[8] : entry[5],
        .active_low = inti_active_low(flags),
        .level = inti_level(flags),
    };
    nmi.all_cpus = nmi.uid == (x2apic ? UID_ALL_32BIT : UID_ALL_8BIT);
    if (nmi.lint > 1)
        acpi_problem_add(problems, "APIC", ACPI_REASON_VALUE, address);
    else if (madt->nmi_count == ACPI_NMIS_MAX)
        too_many(problems, address);
    else
        madt->nmis[madt->nmi_count++] = nmi;
}

static void read_entry(struct acpi_madt *madt, const uint8_t *entry, struct acpi_problems *problems, uint64_t address)
{
    switch (entry[0]) {
    case ENTRY_LAPIC:
    case ENTRY_X2APIC:
        read_cpu(madt, entry);
        break;
    case ENTRY_IOAPIC:
        read_ioapic(madt, entry, problems, address);
        break;
    case ENTRY_OVERRIDE:
        read_override(madt, entry, problems, address);
        break;
    case ENTRY_LAPIC_NMI:
    case ENTRY_X2APIC_NMI:
        read_nmi(madt, entry, problems, address);
        break;
    case ENTRY_LAPIC_ADDRESS:
        madt->lapic_address = acpi_u64(entry + 4);
        break;
    default:
        break;
    }
}

/* True when every entry lies inside the table and has the length its kind needs. */
static bool entries_ok(const struct acpi_table *table)
{
    uint32_t at = MADT_FIXED_BYTES;
    while (at < table->length_bytes) {
        const uint8_t *entry = table->bytes + at;
        uint32_t left = table->length_bytes - at;
        if (left < 2 || entry[1] < 2 || entry[1] > left || entry[1] < entry_bytes(entry[0]))
            return false;
        at += entry[1];
    }
    return true;
}

void acpi_madt_read(struct acpi_madt *madt, const struct acpi_table *table, struct acpi_problems *problems)
{
    memset(madt, 0, sizeof(*madt));
    if (table->bytes == NULL)
        return;
    if (table->length_bytes < MADT_FIXED_BYTES) {
        acpi_problem_add(problems, "APIC", ACPI_REASON_LENGTH, table->address);
        return;
    }
    if (!entries_ok(table)) {
        acpi_problem_add(problems, "APIC", ACPI_REASON_ENTRY, table->address);
        return;
    }

    madt->present = true;
    madt->lapic_address = acpi_u32(table->bytes + MADT_LAPIC_ADDRESS_OFFSET);
    madt->pcat_compat = (table->bytes[MADT_FLAGS_OFFSET] & MADT_FLAG_PCAT_COMPAT) != 0;
    for (uint32_t at = MADT_FIXED_BYTES; at < table->length_bytes; at += table->bytes[at + 1])
        read_entry(madt, table->bytes + at, problems, table->address);
    if (madt->lost_cpus != 0)
        too_many(problems, table->address);
}

struct acpi_override acpi_madt_isa_irq(const struct acpi_madt *madt, uint8_t irq)
{
    for (uint32_t i = 0; i < madt->override_count; i++)
        if (madt->overrides[i].irq == irq)
            return madt->overrides[i];
    return (struct acpi_override){.irq = irq, .gsi = irq};
}
