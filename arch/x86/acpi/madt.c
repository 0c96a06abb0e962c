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
    ENTRY_LAPIC_ADDRESS = 5,
    ENTRY_X2APIC = 9,

    CPU_FLAG_ENABLED = 1,
    CPU_FLAG_ONLINE_CAPABLE = 2,

    ISA_IRQS = 16,
};
/* The broadcast ids are no processor. */
#define APIC_ID_ALL_8BIT  UINT32_C(0xFF)
#define APIC_ID_ALL_32BIT UINT32_C(0xFFFFFFFF)

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
    case ENTRY_LAPIC_ADDRESS:
        return 12;
    case ENTRY_X2APIC:
        return 16;
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

/* Where a table is read, and where what is wrong with it is noted. */
struct reader {
    struct acpi_madt *madt;
    const struct acpi_table *table;
    struct acpi_problems *problems;
    uint32_t at; /* of the entry */
};

static void ignore(const struct reader *reader, enum acpi_effect effect, enum acpi_reason reason)
{
    acpi_problem_note(reader->problems, "APIC", effect, reason, reader->table->address, reader->at);
}

static bool listed(const struct acpi_madt *madt, uint32_t apic_id)
{
    for (uint32_t i = 0; i < madt->cpu_count; i++)
        if (madt->cpus[i].apic_id == apic_id)
            return true;
    return false;
}

/* A slot that is not enabled may be filled later or never, and firmware fills such entries with any id. */
static void read_cpu(const struct reader *reader, const uint8_t *entry)
{
    struct acpi_madt *madt = reader->madt;
    bool x2apic = entry[0] == ENTRY_X2APIC;
    uint32_t flags = acpi_u32(entry + (x2apic ? 8 : 4));
    struct acpi_cpu cpu = {
        .apic_id = x2apic ? acpi_u32(entry + 4) : entry[3],
        .uid = x2apic ? acpi_u32(entry + 12) : entry[2],
        .x2apic = x2apic,
    };

    if (cpu.apic_id == (x2apic ? APIC_ID_ALL_32BIT : APIC_ID_ALL_8BIT))
        return;
    if (!(flags & CPU_FLAG_ENABLED)) {
        madt->empty_slots += (flags & CPU_FLAG_ONLINE_CAPABLE) != 0;
        madt->disabled += (flags & CPU_FLAG_ONLINE_CAPABLE) == 0;
        return;
    }
    if (listed(madt, cpu.apic_id)) {
        madt->doubles++;
        return;
    }
    if (madt->cpu_count == ACPI_CPUS_MAX) {
        madt->lost_cpus++;
        ignore(reader, ACPI_ENTRY_IGNORED, ACPI_REASON_TOO_MANY);
        return;
    }
    madt->cpus[madt->cpu_count++] = cpu;
}

static void read_ioapic(const struct reader *reader, const uint8_t *entry)
{
    struct acpi_madt *madt = reader->madt;
    struct acpi_ioapic ioapic = {
        .id = entry[2],
        .address = acpi_u32(entry + 4),
        .gsi_base = acpi_u32(entry + 8),
    };

    if (ioapic.address == 0)
        ignore(reader, ACPI_ENTRY_IGNORED, ACPI_REASON_VALUE);
    else if (madt->ioapic_count == ACPI_IOAPICS_MAX)
        ignore(reader, ACPI_ENTRY_IGNORED, ACPI_REASON_TOO_MANY);
    else
        madt->ioapics[madt->ioapic_count++] = ioapic;
}

static void read_override(const struct reader *reader, const uint8_t *entry)
{
    struct acpi_madt *madt = reader->madt;
    uint16_t flags = acpi_u16(entry + 8);
    struct acpi_override override = {
        .irq = entry[3],
        .gsi = acpi_u32(entry + 4),
        .active_low = inti_active_low(flags),
        .level = inti_level(flags),
    };

    if (entry[2] != 0 || override.irq >= ISA_IRQS)
        ignore(reader, ACPI_ENTRY_IGNORED, ACPI_REASON_VALUE);
    else if (madt->override_count == ACPI_OVERRIDES_MAX)
        ignore(reader, ACPI_ENTRY_IGNORED, ACPI_REASON_TOO_MANY);
    else
        madt->overrides[madt->override_count++] = override;
}

/* Inputs for NMIs are not read: nothing here opens LINT0 or LINT1. */
static void read_entry(const struct reader *reader, const uint8_t *entry)
{
    if (entry[1] < entry_bytes(entry[0])) {
        reader->madt->refused += entry[0] == ENTRY_LAPIC || entry[0] == ENTRY_X2APIC;
        ignore(reader, ACPI_ENTRY_IGNORED, ACPI_REASON_LENGTH);
        return;
    }
    switch (entry[0]) {
    case ENTRY_LAPIC:
    case ENTRY_X2APIC:
        read_cpu(reader, entry);
        break;
    case ENTRY_IOAPIC:
        read_ioapic(reader, entry);
        break;
    case ENTRY_OVERRIDE:
        read_override(reader, entry);
        break;
    case ENTRY_LAPIC_ADDRESS:
        reader->madt->lapic_address = acpi_u64(entry + 4);
        break;
    default:
        break;
    }
}

/* An entry that is cut, or has no length, hides where the next one begins: what stands in front of it is good. */
static void read_entries(struct reader *reader)
{
    const struct acpi_table *table = reader->table;

    for (reader->at = MADT_FIXED_BYTES; reader->at < table->length_bytes;) {
        const uint8_t *entry = table->bytes + reader->at;
        uint32_t left = table->length_bytes - reader->at;

        if (left < 2 || entry[1] < 2 || entry[1] > left) {
            ignore(reader, ACPI_TAIL_IGNORED, ACPI_REASON_ENTRY);
            return;
        }
        read_entry(reader, entry);
        reader->at += entry[1];
    }
}

void acpi_madt_read(struct acpi_madt *madt, const struct acpi_table *table, struct acpi_problems *problems)
{
    struct reader reader = {madt, table, problems, 0};

    memset(madt, 0, offsetof(struct acpi_madt, cpus)); /* of the lists only what is counted is read */
    if (table->bytes == NULL)
        return;
    if (table->length_bytes < MADT_FIXED_BYTES) {
        acpi_problem_add(problems, "APIC", ACPI_REASON_LENGTH, table->address);
        return;
    }
    madt->present = true;
    madt->lapic_address = acpi_u32(table->bytes + MADT_LAPIC_ADDRESS_OFFSET);
    madt->pcat_compat = (table->bytes[MADT_FLAGS_OFFSET] & MADT_FLAG_PCAT_COMPAT) != 0;
    read_entries(&reader);
}

struct acpi_override acpi_madt_isa_irq(const struct acpi_madt *madt, uint8_t irq)
{
    for (uint32_t i = 0; i < madt->override_count; i++)
        if (madt->overrides[i].irq == irq)
            return madt->overrides[i];
    return (struct acpi_override){.irq = irq, .gsi = irq};
}
