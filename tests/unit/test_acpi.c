/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/acpi/acpi.c arch/x86/acpi/dmar.c arch/x86/acpi/fadt.c arch/x86/acpi/aml.c arch/x86/acpi/cstates.c arch/x86/acpi/hpet_table.c arch/x86/acpi/madt.c arch/x86/acpi/rsdp.c arch/x86/acpi/serial_table.c arch/x86/acpi/table.c
/*
 * ACPI from recorded machines, and from the same machines with one thing broken.
 *
 * Every range that the reader maps is a heap block of just that size, so a read beyond what was asked for is caught by
 * the sanitizer. The wanted values are what QEMU and Bochs are documented or were told to be (processors, ports), not
 * what idlelab once printed.
 */
#include "arch/x86/acpi/acpi.h"
#include "tests/golden/acpi/bochs.h"
#include "tests/golden/acpi/ovmf.h"
#include "tests/golden/acpi/q35.h"
#include "tests/unit/acpi_image.h"
#include "tests/unit/tap.h"

static struct acpi_info info;
static struct boot_info boot;

static void read_image(struct image *image)
{
    struct acpi_memory memory = {.map = image_map, .ctx = image};

    memset(&info, 0, sizeof(info));
    acpi_read(&info, &boot, &memory);
    acpi_read_aml(&info, &memory);
}

static const struct acpi_problem *find_problem(const char *table, enum acpi_reason reason)
{
    for (uint32_t i = 0; i < info.problems.count; i++) {
        const struct acpi_problem *p = &info.problems.list[i];
        if (strcmp(p->table, table) == 0 && p->reason == reason)
            return p;
    }
    return NULL;
}

static bool has_problem(const char *table, enum acpi_reason reason)
{
    return find_problem(table, reason) != NULL;
}

static bool has_effect(const char *table, enum acpi_reason reason, enum acpi_effect effect)
{
    const struct acpi_problem *problem = find_problem(table, reason);

    return problem && problem->effect == effect;
}

static void check_q35(void)
{
    struct image image;
    image_load(&image, &recorded_q35);
    memset(&boot, 0, sizeof(boot));
    read_image(&image);
    TAP_OK(info.found && !info.xsdt, "q35_found");
    TAP_STR(acpi_rsdp_source_name(info.rsdp.source), "bios", "q35_by_scan");
    TAP_INT(info.problems.count, 0, "q35_no_problem");
    TAP_STR(info.oem, "BOCHS ", "q35_oem");
    TAP_INT(info.table_count, 5, "q35_tables");
    TAP_INT(info.madt.cpu_count, 4, "q35_cpus");
    for (uint32_t i = 0; i < 4; i++)
        TAP_OK(info.madt.cpus[i].apic_id == i, "q35_cpu");
    TAP_INT(info.madt.lapic_address, 0xFEE00000, "q35_lapic");
    TAP_INT(info.madt.ioapic_count, 1, "q35_ioapics");
    TAP_INT(info.madt.ioapics[0].address, 0xFEC00000, "q35_ioapic");
    TAP_INT(acpi_madt_isa_irq(&info.madt, 0).gsi, 2, "q35_irq0_on_gsi2");
    TAP_OK(acpi_madt_isa_irq(&info.madt, 9).level, "q35_irq9_level");
    TAP_INT(acpi_madt_isa_irq(&info.madt, 4).gsi, 4, "q35_irq4_itself");
    TAP_INT(info.fadt.pm_timer_port, 0x608, "q35_pm_timer");
    TAP_INT(info.fadt.pm1a_control_port, 0x604, "q35_pm1a");
    TAP_OK(info.fadt.reset_supported && info.fadt.reset.space == ACPI_SPACE_IO && info.fadt.reset.address == 0xCF9 &&
               info.fadt.reset_value == 0x0F,
           "q35_reset");
    TAP_OK(info.fadt.s5_known && info.fadt.s5_type_a == 0, "q35_s5");
    TAP_INT(info.hpet.address, 0xFED00000, "q35_hpet");
    image_free(&image);
}

/* The search takes four places at a time: each of them is found, and so is the last one. */
static void check_scan_places(void)
{
    static const uint64_t at[] = {BIOS_START, 0xE0010, 0xE0020, 0xE0030, 0xE0040, BIOS_END - 32, BIOS_END - 48};

    for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
        struct image image;
        uint8_t *recorded;

        image_load(&image, &recorded_q35);
        memset(&boot, 0, sizeof(boot));
        recorded = image_table(&image, "RSD PTR ");
        memcpy(image_add(&image, at[i], 20), recorded, 20);
        recorded[0] = 'X';
        read_image(&image);
        TAP_INT(info.rsdp.address, at[i], "found_at_each_place");
        image_free(&image);
    }
}

static void check_bochs(void)
{
    struct image image;
    image_load(&image, &recorded_bochs);
    memset(&boot, 0, sizeof(boot));
    read_image(&image);
    TAP_OK(info.found && info.problems.count == 0, "bochs_found");
    TAP_INT(info.madt.cpu_count, 8, "bochs_cpus");
    TAP_INT(info.madt.cpus[7].apic_id, 7, "bochs_last_cpu");
    TAP_OK(info.fadt.pm_timer_port == 0xB008 && !info.fadt.pm_timer_32bit, "bochs_pm_timer");
    TAP_INT(info.fadt.pm1a_control_port, 0xB004, "bochs_pm1a");
    TAP_OK(!info.fadt.reset_supported, "bochs_no_reset_register");
    TAP_OK(info.fadt.s5_known, "bochs_s5");
    TAP_OK(info.hpet.present, "bochs_hpet");
    image_free(&image);
}

/* The system table is at 75EB018h, the ACPI 2.0 RSDP at 777D014h in this recording. */
static void check_ovmf(void)
{
    static const uint64_t system_table = 0x75EB018, rsdp = 0x777D014;
    struct image image;
    image_load(&image, &recorded_ovmf);
    memset(&boot, 0, sizeof(boot));
    boot.firmware_efi = true;
    read_image(&image);
    TAP_OK(!info.found, "ovmf_needs_a_pointer");

    boot.efi_system_table = system_table;
    read_image(&image);
    TAP_OK(info.found && info.xsdt && info.rsdp.address == rsdp, "ovmf_by_efi");
    TAP_STR(acpi_rsdp_source_name(info.rsdp.source), "efi", "ovmf_source_efi");
    TAP_OK(info.madt.cpu_count == 4 && info.fadt.s5_known && info.hpet.present, "ovmf_tables");
    TAP_INT(info.problems.count, 0, "ovmf_no_problem");

    boot.rsdp_address = rsdp;
    read_image(&image);
    TAP_STR(acpi_rsdp_source_name(info.rsdp.source), "loader-address", "ovmf_by_address");
    boot.rsdp_copy_bytes = BOOT_RSDP_BYTES;
    memcpy(boot.rsdp_copy, image_map(&image, rsdp, BOOT_RSDP_BYTES), BOOT_RSDP_BYTES);
    read_image(&image);
    TAP_STR(acpi_rsdp_source_name(info.rsdp.source), "loader-copy", "ovmf_by_copy");
    TAP_OK(info.xsdt && info.madt.cpu_count == 4, "ovmf_copy_tables");
    boot.rsdp_copy[30] ^= 1;
    read_image(&image);
    TAP_OK(info.found && !info.xsdt && has_problem("RSDP", ACPI_REASON_CHECKSUM), "ovmf_long_form_broken");
    boot.rsdp_copy[16] ^= 1;
    read_image(&image);
    TAP_STR(acpi_rsdp_source_name(info.rsdp.source), "loader-address", "ovmf_copy_broken");
    image_table(&image, "XSDT")[9] ^= 1;
    read_image(&image);
    TAP_OK(info.found && !info.xsdt && has_effect("XSDT", ACPI_REASON_CHECKSUM, ACPI_TABLE_REFUSED),
           "ovmf_xsdt_broken_rsdt_used");
    image_table(&image, "RSDT")[9] ^= 1;
    read_image(&image);
    TAP_OK(info.found && info.xsdt && has_effect("XSDT", ACPI_REASON_CHECKSUM, ACPI_TABLE_USED) &&
               has_effect("RSDT", ACPI_REASON_CHECKSUM, ACPI_TABLE_REFUSED),
           "ovmf_both_roots_broken_xsdt_used");
    TAP_OK(info.madt.cpu_count == 4 && info.fadt.present && info.hpet.present, "ovmf_both_roots_broken_tables");
    image_free(&image);
}

/* An RSDP of ACPI 1.0 has no XSDT address, whatever stands behind its 20 bytes. */
static void check_old_pointer(void)
{
    static const uint64_t rsdp = 0x777D014;
    struct image image;

    image_load(&image, &recorded_ovmf);
    memset(&boot, 0, sizeof(boot));
    boot.firmware_efi = true;
    boot.rsdp_copy_bytes = BOOT_RSDP_BYTES;
    memcpy(boot.rsdp_copy, image_map(&image, rsdp, BOOT_RSDP_BYTES), BOOT_RSDP_BYTES);
    boot.rsdp_copy[8] += boot.rsdp_copy[15];
    boot.rsdp_copy[15] = 0;
    read_image(&image);
    TAP_OK(info.found && !info.xsdt && info.madt.present, "old_pointer_rsdt");
    for (uint32_t i = 16; i < 20; i++) {
        boot.rsdp_copy[8] += boot.rsdp_copy[i];
        boot.rsdp_copy[i] = 0;
    }
    read_image(&image);
    TAP_OK(!info.found && !info.madt.present && has_problem("RSDP", ACPI_REASON_VALUE), "old_pointer_without_rsdt");
    TAP_STR(acpi_rsdp_source_name(info.rsdp.source), "none", "which_is_no_pointer");
    image_free(&image);
}

/*
 * Each table in turn with one bit of it wrong: it is named, and the others still count. A FADT or HPET table is absent
 * then, a root table and a MADT are used.
 */
static void check_one_broken(const char *signature, uint32_t offset, bool cpus, bool fadt, bool hpet)
{
    struct image image;
    image_load(&image, &recorded_q35);
    memset(&boot, 0, sizeof(boot));
    image_table(&image, signature)[offset] ^= 0x10;
    read_image(&image);
    TAP_OK(has_problem(signature, ACPI_REASON_CHECKSUM), "broken_table_named");
    TAP_INT(info.madt.present, cpus, "broken_madt");
    TAP_INT(info.fadt.present, fadt, "broken_fadt");
    TAP_INT(info.hpet.present, hpet, "broken_hpet");
    image_free(&image);
}

static void check_broken(void)
{
    struct image image;

    check_one_broken("APIC", 9, true, true, true);
    check_one_broken("FACP", 80, true, false, true);
    check_one_broken("HPET", 44, true, true, false);
    check_one_broken("RSDT", 9, true, true, true);

    image_load(&image, &recorded_q35);
    image_table(&image, "DSDT")[100] ^= 1;
    read_image(&image);
    TAP_OK(has_problem("DSDT", ACPI_REASON_CHECKSUM) && info.fadt.present && !info.fadt.s5_known, "broken_dsdt_no_s5");
    image_table(&image, "APIC")[5] = 0x7F; /* longer than the memory it lies in */
    read_image(&image);
    TAP_OK(has_problem("APIC", ACPI_REASON_NOT_MAPPED), "length_beyond_memory");
    image_table(&image, "APIC")[7] = 0x7F;
    read_image(&image);
    TAP_OK(has_problem("APIC", ACPI_REASON_LENGTH), "length_absurd");
    image_free(&image);
}

/* A HPET table that names an I/O port, and a MADT whose cut tail has a right checksum. */
static void check_values(void)
{
    struct image image;
    uint8_t *hpet, *apic, *facp;

    image_load(&image, &recorded_q35);
    memset(&boot, 0, sizeof(boot));
    hpet = image_table(&image, "HPET");
    hpet[40] = ACPI_SPACE_IO;
    fix_checksum(hpet, 56);
    apic = image_table(&image, "APIC");
    apic[4] = 143;
    fix_checksum(apic, 143);
    facp = image_table(&image, "FACP");
    facp[4] = 100;
    fix_checksum(facp, 100);
    read_image(&image);
    TAP_OK(!info.hpet.present && has_problem("HPET", ACPI_REASON_VALUE), "hpet_in_io_space");
    TAP_OK(info.madt.present && info.madt.cpu_count == 4 && has_effect("APIC", ACPI_REASON_ENTRY, ACPI_TAIL_IGNORED),
           "madt_tail_cut");
    TAP_OK(!info.fadt.present && has_problem("FACP", ACPI_REASON_LENGTH), "fadt_too_short");
    image_free(&image);
}

/* The pointer may stand at any 16 bytes, and is not looked for there on an EFI machine. */
static void check_scan(void)
{
    struct image image;

    image_load(&image, &recorded_q35);
    memset(&boot, 0, sizeof(boot));
    for (uint32_t i = 0; i < image.count; i++)
        if (memcmp(image.data[i], "RSD PTR ", 8) == 0)
            image.address[i] += 16;
    read_image(&image);
    TAP_OK(info.found && info.madt.cpu_count == 4, "pointer_at_any_16_bytes");
    boot.firmware_efi = true;
    read_image(&image);
    TAP_OK(!info.found, "no_scan_on_an_efi_machine");
    image_free(&image);
}

/* A long form that says it is longer than the loader's copy cannot be checked; a list of EFI tables has an end. */
static void check_lengths(void)
{
    static const uint64_t system_table = 0x75EB018, rsdp = 0x777D014;
    struct image image;

    image_load(&image, &recorded_ovmf);
    memset(&boot, 0, sizeof(boot));
    boot.firmware_efi = true;
    boot.rsdp_copy_bytes = BOOT_RSDP_BYTES;
    memcpy(boot.rsdp_copy, image_map(&image, rsdp, BOOT_RSDP_BYTES), BOOT_RSDP_BYTES);
    boot.rsdp_copy[20] = BOOT_RSDP_BYTES + 1;
    read_image(&image);
    TAP_OK(info.found && !info.xsdt && has_problem("RSDP", ACPI_REASON_LENGTH), "long_form_beyond_the_copy");
    memset(&boot, 0, sizeof(boot));
    boot.efi_system_table = system_table;
    for (uint32_t i = 0; i < image.count; i++)
        if (image.address[i] <= system_table && system_table + 120 <= image.address[i] + image.bytes[i])
            image.data[i][system_table - image.address[i] + 105] = 2;
    read_image(&image);
    TAP_OK(!info.found && has_problem("EFI", ACPI_REASON_LENGTH), "too_many_efi_tables");
    image_free(&image);
}

/* A second MADT is not taken, whether its checksum is right or wrong. */
static void check_second_madt(void)
{
    struct image image;
    uint8_t *mcfg;

    image_load(&image, &recorded_q35);
    memset(&boot, 0, sizeof(boot));
    mcfg = image_table(&image, "MCFG");
    memcpy(mcfg, "APIC", 4);
    fix_checksum(mcfg, acpi_u32(mcfg + 4));
    read_image(&image);
    TAP_OK(info.madt.cpu_count == 4 && has_problem("APIC", ACPI_REASON_DUPLICATE), "second_madt_refused");
    mcfg[9]++;
    read_image(&image);
    TAP_OK(info.madt.cpu_count == 4 && has_effect("APIC", ACPI_REASON_CHECKSUM, ACPI_TABLE_REFUSED),
           "second_madt_with_a_wrong_sum_refused");
    image_free(&image);
}

static void check_too_many_tables(void)
{
    enum { ENTRIES = ACPI_TABLES_MAX + 1, BYTES = ACPI_HEADER_BYTES + 4 * ENTRIES };
    static const uint32_t address = 0x200000;
    struct image image;
    uint8_t *rsdt, *rsdp, sum = 0;

    image_load(&image, &recorded_q35);
    memset(&boot, 0, sizeof(boot));
    rsdt = image_add(&image, address, BYTES);
    memcpy(rsdt, image_table(&image, "RSDT"), ACPI_HEADER_BYTES);
    rsdt[4] = (uint8_t)BYTES;
    rsdt[5] = (uint8_t)(BYTES >> 8);
    fix_checksum(rsdt, BYTES);
    rsdp = image_table(&image, "RSD PTR ");
    memcpy(rsdp + 16, &address, sizeof(address));
    rsdp[8] = 0;
    for (uint32_t i = 0; i < 20; i++)
        sum = (uint8_t)(sum + rsdp[i]);
    rsdp[8] = (uint8_t)-sum;
    read_image(&image);
    TAP_OK(info.found && has_problem("RSDT", ACPI_REASON_TOO_MANY), "one_table_too_many_is_said");
    image_free(&image);
}

int main(void)
{
    check_q35();
    check_scan_places();
    check_bochs();
    check_ovmf();
    check_old_pointer();
    check_broken();
    check_values();
    check_scan();
    check_lengths();
    check_second_madt();
    check_too_many_tables();
    return tap_done();
}
