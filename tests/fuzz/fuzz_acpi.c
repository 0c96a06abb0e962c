/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/acpi/acpi.c arch/x86/acpi/dmar.c arch/x86/acpi/fadt.c arch/x86/acpi/aml.c arch/x86/acpi/cstates.c arch/x86/acpi/hpet_table.c arch/x86/acpi/madt.c arch/x86/acpi/rsdp.c arch/x86/acpi/serial_table.c arch/x86/acpi/table.c
/*
 * Any bytes as firmware memory: no read outside what was mapped, and what is accepted keeps its promises.
 *
 * The first byte of the input chooses what the rest is: memory at E0000h as it stands, or one table, whose length and
 * checksum are put right so that its inside is reached, with a good root in front of it.
 */
#include <stdlib.h>
#include <string.h>

#include "arch/x86/acpi/acpi.h"

enum {
    WINDOW = 0xE0000, /* where the input lies */
    ROOT_BYTES = 64,  /* RSDT behind the RSDP, both in front of the table */
    TABLE_AT = 128,
    MAPPED_MAX = 1024,
    IMAGE_BYTES_MAX = 1 << 16,
};

struct memory {
    const uint8_t *bytes;
    size_t count;
    void *mapped[MAPPED_MAX];
    uint32_t mapped_count;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* A heap block of just the size asked for, so that the sanitizer sees every read beyond it. */
static const uint8_t *map(void *ctx, uint64_t physical, uint64_t bytes)
{
    struct memory *m = ctx;
    bool whole_bios_area = physical == WINDOW && bytes == 0x20000;
    uint64_t offset;
    uint8_t *block;
    size_t have;

    if (bytes == 0 || physical < WINDOW || m->mapped_count == MAPPED_MAX || bytes > ACPI_TABLE_MAX_BYTES)
        return NULL;
    offset = physical - WINDOW;
    if (!whole_bios_area && (offset > m->count || bytes > m->count - offset))
        return NULL;
    block = calloc(1, bytes);
    have = m->count > offset ? m->count - offset : 0;
    memcpy(block, m->bytes + offset, have < bytes ? have : bytes);
    m->mapped[m->mapped_count++] = block;
    return block;
}

static void put32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static void fix_checksum(uint8_t *bytes, size_t count, size_t at)
{
    uint8_t sum = 0;
    bytes[at] = 0;
    for (size_t i = 0; i < count; i++)
        sum = (uint8_t)(sum + bytes[i]);
    bytes[at] = (uint8_t)-sum;
}

static void make_table(uint8_t *table, const char *signature, size_t bytes)
{
    memcpy(table, signature, 4);
    put32(table + 4, (uint32_t)bytes);
    fix_checksum(table, bytes, 9);
}

/* RSDP at 0, RSDT at 64, one table at 128 made of the input; a FADT's DSDT is the second half of the input. */
static size_t make_image(uint8_t *image, const char *signature, const uint8_t *data, size_t bytes)
{
    size_t table_bytes = bytes;
    memset(image, 0, TABLE_AT);
    memcpy(image + TABLE_AT, data, bytes);
    if (memcmp(signature, "FACP", 4) == 0 && bytes >= 2 * 132) {
        table_bytes = 132;
        put32(image + TABLE_AT + 40, WINDOW + TABLE_AT + 132);
        make_table(image + TABLE_AT + table_bytes, "DSDT", bytes - table_bytes);
    }
    make_table(image + TABLE_AT, signature, table_bytes);
    put32(image + ROOT_BYTES + ACPI_HEADER_BYTES, WINDOW + TABLE_AT);
    make_table(image + ROOT_BYTES, "RSDT", ACPI_HEADER_BYTES + 4);
    memcpy(image, "RSD PTR ", 8);
    put32(image + 16, WINDOW + ROOT_BYTES);
    fix_checksum(image, 20, 8);
    return TABLE_AT + bytes;
}

static void check_port(const struct acpi_serial *port)
{
    const struct uart_place *place = &port->place;

    if (!port->present || port->refused)
        return;
    require(place->address || port->pci);
    require(place->memory || place->address + (uint64_t)place->stride * UART_REGISTERS <= UINT16_MAX);
    require(place->stride >= place->access && (place->stride == 1 || place->stride == 2 || place->stride == 4));
}

static void check(const struct acpi_info *info)
{
    check_port(&info->spcr);
    require(info->dbg2.count <= ACPI_DBG2_MAX);
    for (uint32_t i = 0; i < info->dbg2.count; i++)
        check_port(&info->dbg2.ports[i]);
    require(info->problems.count <= ACPI_PROBLEMS_MAX);
    require(info->table_count <= ACPI_TABLES_MAX);
    require(info->madt.cpu_count <= ACPI_CPUS_MAX);
    require(info->madt.ioapic_count <= ACPI_IOAPICS_MAX);
    require(info->madt.override_count <= ACPI_OVERRIDES_MAX);
    require(info->fadt.s5_type_a <= 7 && info->fadt.s5_type_b <= 7);
    require(info->found || info->table_count == 0);
    require(info->cstates.count <= ACPI_CSTATES_MAX && (info->cstates.count || !info->cstates.lost));
    for (uint32_t i = 0; i < info->cstates.count; i++)
        require(info->cstates.list[i].count && info->cstates.list[i].type <= 3);
    for (uint32_t i = 0; i < info->madt.cpu_count; i++) {
        const struct acpi_cpu *cpu = &info->madt.cpus[i];
        require(cpu->apic_id != UINT32_MAX);
    }
    for (uint32_t i = 0; i < info->problems.count; i++)
        require(strlen(info->problems.list[i].table) < ACPI_NAME_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const char *const signatures[] = {"APIC", "FACP", "HPET", NULL, NULL, NULL, "SPCR", "DBG2"};
    static uint8_t image[TABLE_AT + IMAGE_BYTES_MAX];
    static struct acpi_info info;
    static struct boot_info boot;
    uint8_t kind;
    struct memory memory;
    struct acpi_memory window;

    if (bytes < 2 || bytes > IMAGE_BYTES_MAX)
        return 0;
    kind = data[0] % 8;
    memory = (struct memory){.bytes = data + 1, .count = bytes - 1};
    memset(&boot, 0, sizeof(boot));
    memset(&info, 0, sizeof(info));
    if (signatures[kind] && bytes - 1 >= ACPI_HEADER_BYTES) {
        memory.count = make_image(image, signatures[kind], data + 1, bytes - 1);
        memory.bytes = image;
    } else if (kind == 3 || signatures[kind]) {
        boot.rsdp_address = WINDOW;
    } else if (kind == 4) {
        boot.efi_system_table = WINDOW;
        boot.firmware_efi = true;
    } else if (bytes - 1 >= BOOT_RSDP_BYTES) {
        memcpy(boot.rsdp_copy, data + 1, BOOT_RSDP_BYTES);
        boot.rsdp_copy_bytes = data[0] > 127 ? BOOT_RSDP_BYTES : 20;
    }

    window = (struct acpi_memory){.map = map, .ctx = &memory};
    acpi_read(&info, &boot, &window);
    acpi_read_aml(&info, &window);
    check(&info);
    if (signatures[kind] && memory.bytes == image)
        require(info.found && info.rsdp.source == ACPI_RSDP_BIOS);
    for (uint32_t i = 0; i < memory.mapped_count; i++)
        free(memory.mapped[i]);
    return 0;
}
