/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/rsdp.h"

#include "lib/cstring.h"

enum {
    RSDP_V1_BYTES = 20, /* bytes of the first checksum */
    RSDP_V2_BYTES = 36,
    RSDP_V2_MAX_BYTES = 256,
};

/*
 * Where BIOS keeps the structure: the first KiB of the EBDA, whose segment is at 40Eh, and E0000h to FFFFFh; on 16-byte
 * boundaries.
 */
#define BIOS_EBDA_POINTER UINT64_C(0x40E)
#define BIOS_EBDA_BYTES   UINT64_C(1024)
#define BIOS_SCAN_START   UINT64_C(0xE0000)
#define BIOS_SCAN_BYTES   UINT64_C(0x20000)
#define BIOS_SCAN_STEP    16

/* EFI_SYSTEM_TABLE on a 64-bit machine, UEFI 2.10, section 4.3; EFI_CONFIGURATION_TABLE is a GUID and a pointer. */
enum {
    EFI_TABLE_BYTES = 120,
    EFI_TABLE_COUNT_OFFSET = 104,
    EFI_TABLE_CONFIG_OFFSET = 112,
    EFI_CONFIG_ENTRY_BYTES = 24,
    EFI_CONFIG_ENTRIES_MAX = 256,
    EFI_GUID_BYTES = 16,
};
#define EFI_SYSTEM_TABLE_SIGNATURE UINT64_C(0x5453595320494249) /* "IBI SYST" */

/* 8868e871-e4f1-11d3-bc22-0080c73c8881 and eb9d2d30-2d88-11d3-9a16-0090273fc14d, first three parts little-endian. */
static const uint8_t efi_guid_acpi20[EFI_GUID_BYTES] = {0x71, 0xE8, 0x68, 0x88, 0xF1, 0xE4, 0xD3, 0x11,
                                                        0xBC, 0x22, 0x00, 0x80, 0xC7, 0x3C, 0x88, 0x81};
static const uint8_t efi_guid_acpi10[EFI_GUID_BYTES] = {0x30, 0x2D, 0x9D, 0xEB, 0x88, 0x2D, 0xD3, 0x11,
                                                        0x9A, 0x16, 0x00, 0x90, 0x27, 0x3F, 0xC1, 0x4D};

static bool has_signature(const uint8_t *bytes)
{
    return memcmp(bytes, "RSD PTR ", 8) == 0;
}

/* One without the address of a root table is of no use. */
static bool has_root(const struct acpi_rsdp *rsdp, struct acpi_problems *problems)
{
    if (rsdp->rsdt == 0 && rsdp->xsdt == 0)
        acpi_problem_add(problems, "RSDP", ACPI_REASON_VALUE, rsdp->address);
    return rsdp->rsdt != 0 || rsdp->xsdt != 0;
}

/*
 * Decodes `available` bytes that start with the signature. Revision 2 promises the long form; where its own checksum
 * fails, or it is incomplete, the short form's RSDT still counts, and problems says so. Below revision 2 there are only
 * the 20 bytes of the short form, and an XSDT address behind them is not read (ACPI 6.5, 5.2.5.3; Linux neither).
 */
static bool decode(struct acpi_rsdp *rsdp, const uint8_t *bytes, uint64_t available, uint64_t address,
                   struct acpi_problems *problems)
{
    uint32_t length;

    if (available < RSDP_V1_BYTES || !acpi_checksum_ok(bytes, RSDP_V1_BYTES)) {
        acpi_problem_add(problems, "RSDP", available < RSDP_V1_BYTES ? ACPI_REASON_LENGTH : ACPI_REASON_CHECKSUM,
                         address);
        return false;
    }
    *rsdp = (struct acpi_rsdp){.address = address, .revision = bytes[15]};
    memcpy(rsdp->oem, bytes + 9, ACPI_OEM_BYTES - 1);
    rsdp->rsdt = acpi_u32(bytes + 16);
    if (rsdp->revision < 2)
        return has_root(rsdp, problems);

    length = available >= RSDP_V2_BYTES ? acpi_u32(bytes + 20) : 0;
    if (length < RSDP_V2_BYTES || length > RSDP_V2_MAX_BYTES || length > available)
        acpi_problem_add(problems, "RSDP", ACPI_REASON_LENGTH, address);
    else if (!acpi_checksum_ok(bytes, length))
        acpi_problem_add(problems, "RSDP", ACPI_REASON_CHECKSUM, address);
    else
        rsdp->xsdt = acpi_u64(bytes + 24);
    return has_root(rsdp, problems);
}

/* Maps as much of the structure as its revision and its length ask for. */
static bool decode_at(struct acpi_rsdp *rsdp, uint64_t address, const struct acpi_memory *memory,
                      struct acpi_problems *problems)
{
    const uint8_t *bytes = memory->map(memory->ctx, address, RSDP_V1_BYTES);
    uint64_t available = RSDP_V1_BYTES;
    if (bytes == NULL) {
        acpi_problem_add(problems, "RSDP", ACPI_REASON_NOT_MAPPED, address);
        return false;
    }
    if (!has_signature(bytes)) {
        acpi_problem_add(problems, "RSDP", ACPI_REASON_SIGNATURE, address);
        return false;
    }
    if (bytes[15] >= 2) {
        const uint8_t *longer = memory->map(memory->ctx, address, RSDP_V2_BYTES);
        uint32_t length = longer != NULL ? acpi_u32(longer + 20) : 0;
        if (longer != NULL) {
            bytes = longer;
            available = RSDP_V2_BYTES;
        }
        if (length > RSDP_V2_BYTES && length <= RSDP_V2_MAX_BYTES) {
            longer = memory->map(memory->ctx, address, length);
            bytes = longer != NULL ? longer : bytes;
            available = longer != NULL ? length : available;
        }
    }
    return decode(rsdp, bytes, available, address, problems);
}

/*
 * The loader's copy ends at 36 bytes, so a structure that says it is longer cannot be checked as a whole: its short
 * form is used.
 */
static bool from_copy(struct acpi_rsdp *rsdp, const struct boot_info *boot, struct acpi_problems *problems)
{
    uint32_t bytes = boot->rsdp_copy_bytes;
    if (bytes == 0)
        return false;
    if (bytes > BOOT_RSDP_BYTES)
        bytes = BOOT_RSDP_BYTES;
    if (bytes < RSDP_V1_BYTES || !has_signature(boot->rsdp_copy)) {
        acpi_problem_add(problems, "RSDP", ACPI_REASON_SIGNATURE, 0);
        return false;
    }
    return decode(rsdp, boot->rsdp_copy, bytes, 0, problems);
}

/* The address of the vendor table with a GUID, 0 = not there. */
static uint64_t efi_lookup(const uint8_t *entries, uint64_t count, const uint8_t *guid)
{
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *entry = entries + i * EFI_CONFIG_ENTRY_BYTES;
        if (memcmp(entry, guid, EFI_GUID_BYTES) == 0)
            return acpi_u64(entry + EFI_GUID_BYTES);
    }
    return 0;
}

static bool from_efi(struct acpi_rsdp *rsdp, uint64_t system_table, const struct acpi_memory *memory,
                     struct acpi_problems *problems)
{
    const uint8_t *table = memory->map(memory->ctx, system_table, EFI_TABLE_BYTES), *entries;
    uint64_t address, count, config;

    if (table == NULL || acpi_u64(table) != EFI_SYSTEM_TABLE_SIGNATURE) {
        acpi_problem_add(problems, "EFI", table == NULL ? ACPI_REASON_NOT_MAPPED : ACPI_REASON_SIGNATURE, system_table);
        return false;
    }
    count = acpi_u64(table + EFI_TABLE_COUNT_OFFSET);
    config = acpi_u64(table + EFI_TABLE_CONFIG_OFFSET);
    if (count == 0 || count > EFI_CONFIG_ENTRIES_MAX) {
        acpi_problem_add(problems, "EFI", ACPI_REASON_LENGTH, system_table);
        return false;
    }
    entries = memory->map(memory->ctx, config, count * EFI_CONFIG_ENTRY_BYTES);
    if (entries == NULL) {
        acpi_problem_add(problems, "EFI", ACPI_REASON_NOT_MAPPED, config);
        return false;
    }
    address = efi_lookup(entries, count, efi_guid_acpi20);
    if (address != 0 && decode_at(rsdp, address, memory, problems))
        return true;
    address = efi_lookup(entries, count, efi_guid_acpi10);
    return address != 0 && decode_at(rsdp, address, memory, problems);
}

/*
 * From `at` on, four places at a time as long as none of the four begins with the signature's letter: what scans comes
 * before the first line of the log. Returns where it stopped.
 */
static uint64_t skip_others(const uint8_t *window, uint64_t at, uint64_t bytes)
{
    const uint8_t *place = window + at, *last = window + bytes - 4 * BIOS_SCAN_STEP;

    while (place <= last && place[0] != 'R' && place[BIOS_SCAN_STEP] != 'R' && place[2 * BIOS_SCAN_STEP] != 'R' &&
           place[3 * BIOS_SCAN_STEP] != 'R')
        place += 4 * BIOS_SCAN_STEP;
    return (uint64_t)(place - window);
}

static bool scan(struct acpi_rsdp *rsdp, uint64_t start, uint64_t bytes, const struct acpi_memory *memory,
                 struct acpi_problems *problems)
{
    const uint8_t *window = memory->map(memory->ctx, start, bytes);
    if (window == NULL)
        return false;
    for (uint64_t at = skip_others(window, 0, bytes); at + RSDP_V1_BYTES <= bytes;
         at = skip_others(window, at + BIOS_SCAN_STEP, bytes))
        if (has_signature(window + at) && decode(rsdp, window + at, bytes - at, start + at, problems))
            return true;
    return false;
}

static bool from_bios(struct acpi_rsdp *rsdp, const struct acpi_memory *memory, struct acpi_problems *problems)
{
    const uint8_t *pointer = memory->map(memory->ctx, BIOS_EBDA_POINTER, 2);
    uint64_t ebda = pointer != NULL ? (uint64_t)acpi_u16(pointer) << 4 : 0;
    if (ebda >= 0x400 && ebda < BIOS_SCAN_START && scan(rsdp, ebda, BIOS_EBDA_BYTES, memory, problems))
        return true;
    return scan(rsdp, BIOS_SCAN_START, BIOS_SCAN_BYTES, memory, problems);
}

/* On an EFI machine the BIOS area is not searched: UEFI 2.10 promises nothing there. */
static enum acpi_rsdp_source find(struct acpi_rsdp *rsdp, const struct boot_info *boot,
                                  const struct acpi_memory *memory, struct acpi_problems *problems)
{
    if (from_copy(rsdp, boot, problems))
        return ACPI_RSDP_LOADER_COPY;
    if (boot->rsdp_address != 0 && decode_at(rsdp, boot->rsdp_address, memory, problems))
        return ACPI_RSDP_LOADER_ADDRESS;
    if (boot->efi_system_table != 0 && from_efi(rsdp, boot->efi_system_table, memory, problems))
        return ACPI_RSDP_EFI;
    if (!boot->firmware_efi && boot->efi_system_table == 0 && from_bios(rsdp, memory, problems))
        return ACPI_RSDP_BIOS;
    return ACPI_RSDP_NONE;
}

bool acpi_rsdp_find(struct acpi_rsdp *rsdp, const struct boot_info *boot, const struct acpi_memory *memory,
                    struct acpi_problems *problems)
{
    enum acpi_rsdp_source source = find(rsdp, boot, memory, problems);
    if (source == ACPI_RSDP_NONE)
        *rsdp = (struct acpi_rsdp){0};
    rsdp->source = source;
    return source != ACPI_RSDP_NONE;
}

const char *acpi_rsdp_source_name(enum acpi_rsdp_source source)
{
    switch (source) {
    case ACPI_RSDP_LOADER_COPY:
        return "loader-copy";
    case ACPI_RSDP_LOADER_ADDRESS:
        return "loader-address";
    case ACPI_RSDP_EFI:
        return "efi";
    case ACPI_RSDP_BIOS:
        return "bios";
    case ACPI_RSDP_NONE:
        break;
    }
    return "none";
}
