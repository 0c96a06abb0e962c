/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/acpi.h"

#include "lib/cstring.h"

enum {
    OEM_OFFSET = 10,
    TABLE_ID_OFFSET = 16,
};

/* The tables that are decoded; the first good one of each kind counts. */
struct wanted {
    struct acpi_table madt, fadt, hpet;
};

static void want(struct acpi_table *slot, const struct acpi_table *table, const char *name,
                 struct acpi_problems *problems)
{
    if (slot->bytes == NULL)
        *slot = *table;
    else
        acpi_problem_add(problems, name, ACPI_REASON_DUPLICATE, table->address);
}

static void note_table(struct acpi_info *info, const struct acpi_table *table, struct wanted *wanted)
{
    if (info->table_count < ACPI_TABLES_MAX) {
        struct acpi_table_entry *entry = &info->tables[info->table_count++];
        memcpy(entry->signature, table->bytes, ACPI_NAME_BYTES - 1);
        for (uint32_t i = 0; i < ACPI_NAME_BYTES - 1; i++)
            if (entry->signature[i] < 0x20 || entry->signature[i] > 0x7E)
                entry->signature[i] = '?';
        entry->length_bytes = table->length_bytes;
        entry->address = table->address;
    }
    if (memcmp(table->bytes, "APIC", 4) == 0)
        want(&wanted->madt, table, "APIC", &info->problems);
    else if (memcmp(table->bytes, "FACP", 4) == 0)
        want(&wanted->fadt, table, "FACP", &info->problems);
    else if (memcmp(table->bytes, "HPET", 4) == 0 && wanted->hpet.bytes == NULL)
        wanted->hpet = *table; /* further HPETs are allowed, and not used */
}

static void walk(struct acpi_info *info, const struct acpi_table *root, uint32_t entry_bytes,
                 const struct acpi_memory *memory, struct wanted *wanted)
{
    uint32_t count = (root->length_bytes - ACPI_HEADER_BYTES) / entry_bytes;
    if (count > ACPI_TABLES_MAX) {
        acpi_problem_add(&info->problems, info->xsdt ? "XSDT" : "RSDT", ACPI_REASON_TOO_MANY, root->address);
        count = ACPI_TABLES_MAX;
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *slot = root->bytes + ACPI_HEADER_BYTES + i * entry_bytes;
        uint64_t address = entry_bytes == 8 ? acpi_u64(slot) : acpi_u32(slot);
        struct acpi_table table;

        if (address == 0)
            continue;
        table = acpi_table_open(memory, address, NULL, &info->problems);
        if (table.bytes != NULL)
            note_table(info, &table, wanted);
    }
}

/* The XSDT where it is valid, else the RSDT. */
static struct acpi_table open_root(struct acpi_info *info, const struct acpi_memory *memory)
{
    struct acpi_table root = {.bytes = NULL};
    if (info->rsdp.xsdt != 0)
        root = acpi_table_open(memory, info->rsdp.xsdt, "XSDT", &info->problems);
    info->xsdt = root.bytes != NULL;
    if (root.bytes == NULL && info->rsdp.rsdt != 0)
        root = acpi_table_open(memory, info->rsdp.rsdt, "RSDT", &info->problems);
    return root;
}

/* Copies bytes of a header as text; '?' replaces what is not printable. */
static void copy_text(char *text, const uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count && bytes[i] != 0; i++)
        text[i] = bytes[i] >= 0x20 && bytes[i] <= 0x7E ? (char)bytes[i] : '?';
}

void acpi_read(struct acpi_info *info, const struct boot_info *boot, const struct acpi_memory *memory)
{
    struct wanted wanted = {0};
    struct acpi_table root;

    memset(info, 0, sizeof(*info));
    if (!acpi_rsdp_find(&info->rsdp, boot, memory, &info->problems))
        return;
    root = open_root(info, memory);
    if (root.bytes == NULL)
        return;

    info->found = true;
    copy_text(info->oem, root.bytes + OEM_OFFSET, ACPI_OEM_BYTES - 1);
    copy_text(info->table_id, root.bytes + TABLE_ID_OFFSET, ACPI_TABLE_ID_BYTES - 1);
    walk(info, &root, info->xsdt ? 8 : 4, memory, &wanted);
    acpi_madt_read(&info->madt, &wanted.madt, &info->problems);
    acpi_fadt_read(&info->fadt, &wanted.fadt, memory, &info->problems);
    acpi_hpet_read(&info->hpet, &wanted.hpet, &info->problems);
}
