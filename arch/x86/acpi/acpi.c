/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/acpi.h"

#include "lib/cstring.h"

enum {
    OEM_OFFSET = 10,
    TABLE_ID_OFFSET = 16,
};

/* The tables that are decoded; the first good one of each kind counts. */
struct wanted {
    struct acpi_table madt, fadt, hpet, dmar, spcr, dbg2;
};

static void want(struct acpi_table *slot, const struct acpi_table *table, const char *name,
                 struct acpi_problems *problems)
{
    if (slot->bytes == NULL)
        *slot = *table;
    else
        acpi_problem_add(problems, name, ACPI_REASON_DUPLICATE, table->address);
}

static bool is_madt(const struct acpi_table *table)
{
    return memcmp(table->bytes, "APIC", 4) == 0;
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
    if (is_madt(table))
        want(&wanted->madt, table, "APIC", &info->problems);
    else if (memcmp(table->bytes, "FACP", 4) == 0)
        want(&wanted->fadt, table, "FACP", &info->problems);
    else if (memcmp(table->bytes, "HPET", 4) == 0 && wanted->hpet.bytes == NULL)
        wanted->hpet = *table; /* further HPETs are allowed, and not used */
    else if (memcmp(table->bytes, "DMAR", 4) == 0)
        want(&wanted->dmar, table, "DMAR", &info->problems);
    else if (memcmp(table->bytes, "SPCR", 4) == 0)
        want(&wanted->spcr, table, "SPCR", &info->problems);
    else if (memcmp(table->bytes, "DBG2", 4) == 0)
        want(&wanted->dbg2, table, "DBG2", &info->problems);
}

/*
 * A MADT with a wrong checksum is used: a CPU or an I/O APIC that is not there does not answer, and without the table
 * one CPU would run alone. Linux believes any table so; the others here name registers that are written to.
 */
static void take_table(struct acpi_info *info, const struct acpi_memory *memory, uint64_t address,
                       struct wanted *wanted)
{
    struct acpi_table table = acpi_table_open_any(memory, address, NULL, &info->problems);

    if (table.bytes == NULL)
        return;
    if (table.sum_is_bad && !(is_madt(&table) && wanted->madt.bytes == NULL))
        table = acpi_table_open(memory, address, NULL, &info->problems);
    else if (table.sum_is_bad)
        acpi_problem_note(&info->problems, "APIC", ACPI_TABLE_USED, ACPI_REASON_CHECKSUM, address, 0);
    if (table.bytes != NULL)
        note_table(info, &table, wanted);
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
        if (address == 0)
            continue;
        take_table(info, memory, address, wanted);
    }
}

/*
 * The XSDT where it is good, else a good RSDT, else whichever is there with a wrong checksum: each table it leads to
 * has one of its own.
 */
static struct acpi_table open_root(struct acpi_info *info, const struct acpi_memory *memory)
{
    struct acpi_table xsdt = {.bytes = NULL}, rsdt = {.bytes = NULL}, root;

    if (info->rsdp.xsdt != 0)
        xsdt = acpi_table_open_any(memory, info->rsdp.xsdt, "XSDT", &info->problems);
    if ((xsdt.bytes == NULL || xsdt.sum_is_bad) && info->rsdp.rsdt != 0)
        rsdt = acpi_table_open_any(memory, info->rsdp.rsdt, "RSDT", &info->problems);
    info->xsdt = xsdt.bytes != NULL && (!xsdt.sum_is_bad || rsdt.bytes == NULL || rsdt.sum_is_bad);
    root = info->xsdt ? xsdt : rsdt;
    if (xsdt.sum_is_bad)
        acpi_problem_note(&info->problems, "XSDT", info->xsdt ? ACPI_TABLE_USED : ACPI_TABLE_REFUSED,
                          ACPI_REASON_CHECKSUM, xsdt.address, 0);
    if (rsdt.sum_is_bad)
        acpi_problem_note(&info->problems, "RSDT", info->xsdt ? ACPI_TABLE_REFUSED : ACPI_TABLE_USED,
                          ACPI_REASON_CHECKSUM, rsdt.address, 0);
    return root;
}

/* \_S5_ stands in the DSDT, on some machines in an SSDT. */
static void find_sleep_type(struct acpi_info *info, const struct acpi_memory *memory)
{
    struct acpi_problems noted = {0}; /* each table was opened before: what is wrong with it is known */

    acpi_fadt_read_sleep_type(&info->fadt, info->fadt.dsdt, "DSDT", memory, &info->problems);
    for (uint32_t i = 0; i < info->table_count && !info->fadt.s5_known; i++)
        if (memcmp(info->tables[i].signature, "SSDT", 4) == 0)
            acpi_fadt_read_sleep_type(&info->fadt, info->tables[i].address, "SSDT", memory, &noted);
}

static void find_cstates(struct acpi_cstates *states, uint64_t address, const char *signature,
                         const struct acpi_memory *memory)
{
    struct acpi_problems noted = {0};
    struct acpi_table table = acpi_table_open(memory, address, signature, &noted);

    if (table.bytes != NULL)
        acpi_cstates_find(states, table.bytes + ACPI_HEADER_BYTES, table.length_bytes - ACPI_HEADER_BYTES);
}

static void find_all_cstates(struct acpi_info *info, const struct acpi_memory *memory)
{
    if (info->fadt.present)
        find_cstates(&info->cstates, info->fadt.dsdt, "DSDT", memory);
    for (uint32_t i = 0; i < info->table_count; i++)
        if (memcmp(info->tables[i].signature, "SSDT", 4) == 0)
            find_cstates(&info->cstates, info->tables[i].address, "SSDT", memory);
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
    acpi_fadt_read(&info->fadt, &wanted.fadt, &info->problems);
    acpi_hpet_read(&info->hpet, &wanted.hpet, &info->problems);
    acpi_dmar_read(&info->dmar, &wanted.dmar, &info->problems);
    acpi_spcr_read(&info->spcr, &wanted.spcr, &info->problems);
    acpi_dbg2_read(&info->dbg2, &wanted.dbg2, &info->problems);
}

void acpi_read_aml(struct acpi_info *info, const struct acpi_memory *memory)
{
    if (info->fadt.present)
        find_sleep_type(info, memory);
    find_all_cstates(info, memory);
}
