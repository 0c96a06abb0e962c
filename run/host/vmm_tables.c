/* SPDX-License-Identifier: MIT */
/*
 * What a firmware would have left in the guest's memory. Sources: ACPI Specification 6.5, section 5.2; Xen's public
 * interface: the PVH start information (struct hvm_start_info) and the ELF notes.
 */
#include "run/host/vmm.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    RSDP_AT = 0xf0000,
    XSDT_AT = 0xf0100,
    FADT_AT = 0xf0200,
    MADT_AT = 0xf0400,
    DSDT_AT = 0xf0800,
    MAP_AT = 0x1100,
    WORDS_AT = 0x2000,
    LOW_END = 0x9f000,
    TABLES_BYTES = 0x10000,
    HIGH_AT = 0x100000,
    HEADER_BYTES = 36,
    FADT_BYTES = 244,
    NOTE_PHYS32_ENTRY = 18,
    START_MAGIC = 0x336ec578,
};

/* Little-endian, as the machine is. */
static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
    memcpy(at, &value, bytes);
}

static void checksum(uint8_t *table, unsigned bytes, unsigned at)
{
    uint8_t sum = 0;

    table[at] = 0;
    for (unsigned i = 0; i < bytes; i++)
        sum = (uint8_t)(sum + table[i]);
    table[at] = (uint8_t)-sum;
}

static uint8_t *begin_table(const struct guest *guest, uint32_t at, const char *signature, uint32_t bytes,
                            uint8_t revision)
{
    uint8_t *table = guest->ram + at;

    memset(table, 0, bytes);
    memcpy(table, signature, 4);
    put(table + 4, bytes, 4);
    table[8] = revision;
    memcpy(table + 10, "IDLLABVMM     LAB ", 18); /* OEM id, OEM table id, and the creator's after the revision */
    return table;
}

static void write_fadt(const struct guest *guest)
{
    uint8_t *fadt = begin_table(guest, FADT_AT, "FACP", FADT_BYTES, 3);

    put(fadt + 40, DSDT_AT, 4);
    put(fadt + 140, DSDT_AT, 8);
    put(fadt + 112, 1 << 8 | 1, 4); /* TMR_VAL_EXT, WBINVD */
    if (guest->pm_timer) {
        put(fadt + 76, PM_TIMER_PORT, 4);
        fadt[91] = 4;
        fadt[208] = 1; /* X_PM_TMR_BLK: an I/O port, 32 bits, read as one */
        fadt[209] = 32;
        fadt[211] = 3;
        put(fadt + 212, PM_TIMER_PORT, 8);
    }
    checksum(fadt, FADT_BYTES, 9);
}

static void write_madt(const struct guest *guest)
{
    uint32_t bytes = HEADER_BYTES + 8 + 8 * guest->vcpu_count + 12;
    uint8_t *madt = begin_table(guest, MADT_AT, "APIC", bytes, 3);
    uint8_t *entry = madt + HEADER_BYTES + 8;

    put(madt + HEADER_BYTES, 0xfee00000, 4);
    put(madt + HEADER_BYTES + 4, 1, 4); /* PCAT_COMPAT */
    for (unsigned i = 0; i < guest->vcpu_count; i++, entry += 8) {
        entry[1] = 8;
        entry[2] = entry[3] = (uint8_t)i;
        entry[4] = 1; /* enabled */
    }
    entry[0] = 1; /* I/O APIC */
    entry[1] = 12;
    put(entry + 4, 0xfec00000, 4);
    checksum(madt, bytes, 9);
}

static void write_acpi(const struct guest *guest)
{
    uint8_t *rsdp = guest->ram + RSDP_AT;
    uint8_t *xsdt = begin_table(guest, XSDT_AT, "XSDT", HEADER_BYTES + 16, 1);

    memcpy(rsdp, "RSD PTR \0IDLLAB\2", 16);
    put(rsdp + 20, 36, 4);
    put(rsdp + 24, XSDT_AT, 8);
    checksum(rsdp, 20, 8);
    checksum(rsdp, 36, 32);
    put(xsdt + HEADER_BYTES, FADT_AT, 8);
    put(xsdt + HEADER_BYTES + 8, MADT_AT, 8);
    checksum(xsdt, HEADER_BYTES + 16, 9);
    checksum(begin_table(guest, DSDT_AT, "DSDT", HEADER_BYTES, 2), HEADER_BYTES, 9);
    write_fadt(guest);
    write_madt(guest);
}

void write_tables(const struct guest *guest, const char *words)
{
    struct {
        uint64_t at, bytes;
        uint32_t type, reserved; /* 1 = memory, 2 = reserved */
    } map[] = {{0, LOW_END, 1, 0}, {RSDP_AT, TABLES_BYTES, 2, 0}, {HIGH_AT, guest->ram_bytes - HIGH_AT, 1, 0}};
    struct {
        uint32_t magic, version, flags, modules;
        uint64_t modules_at, words_at, rsdp_at, map_at;
        uint32_t map_entries, reserved;
    } start = {START_MAGIC, 1, 0, 0, 0, WORDS_AT, RSDP_AT, MAP_AT, 3, 0};

    memcpy(guest->ram + START_INFO_AT, &start, sizeof(start));
    memcpy(guest->ram + MAP_AT, map, sizeof(map));
    if (strlen(words) >= LOW_END - WORDS_AT)
        vmm_die("the command line is too long");
    memcpy(guest->ram + WORDS_AT, words, strlen(words) + 1);
    write_acpi(guest);
}

static void read_at(FILE *file, uint32_t offset, void *to, size_t bytes, const char *path)
{
    /* cppcheck-suppress [nullPointerRedundantCheck, ctunullpointer] ; vmm_die() does not return */
    if (fseek(file, offset, SEEK_SET) != 0 || fread(to, 1, bytes, file) != bytes)
        vmm_die(path);
}

uint32_t load_image(const struct guest *guest, const char *path)
{
    FILE *file = fopen(path, "rb");
    Elf32_Ehdr elf;
    uint32_t entry = 0;

    if (file == NULL)
        vmm_die(path);
    read_at(file, 0, &elf, sizeof(elf), path);
    errno = 0;
    if (memcmp(elf.e_ident, ELFMAG "\1", SELFMAG + 1) != 0)
        vmm_die("the image is no ELF32 file");
    for (unsigned i = 0; i < elf.e_phnum; i++) {
        Elf32_Phdr part;
        uint32_t note[5]; /* sizes of name and value, type, name, value */

        read_at(file, elf.e_phoff + i * (uint32_t)sizeof(part), &part, sizeof(part), path);
        if (part.p_type == PT_LOAD && (uint64_t)part.p_paddr + part.p_memsz > guest->ram_bytes)
            vmm_die("the image does not fit into memory");
        if (part.p_type == PT_LOAD)
            read_at(file, part.p_offset, guest->ram + part.p_paddr, part.p_filesz, path);
        if (part.p_type == PT_NOTE && part.p_filesz >= sizeof(note)) {
            read_at(file, part.p_offset, note, sizeof(note), path);
            if (note[2] == NOTE_PHYS32_ENTRY)
                entry = note[4];
        }
    }
    fclose(file);
    if (entry == 0)
        vmm_die("the image has no PVH entry");
    return entry;
}
