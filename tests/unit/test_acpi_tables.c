/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/acpi/acpi.c arch/x86/acpi/dmar.c arch/x86/acpi/fadt.c arch/x86/acpi/aml.c arch/x86/acpi/cstates.c arch/x86/acpi/hpet_table.c arch/x86/acpi/madt.c arch/x86/acpi/rsdp.c arch/x86/acpi/serial_table.c arch/x86/acpi/table.c
/* What the reader takes from tables that it has found: \_S5_ in the DSDT or an SSDT, DMAR's flags, the FADT's ports. */
#include <stdlib.h>

#include "arch/x86/acpi/acpi.h"
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

static bool has_problem(const char *table, enum acpi_reason reason)
{
    for (uint32_t i = 0; i < info.problems.count; i++)
        if (strcmp(info.problems.list[i].table, table) == 0 && info.problems.list[i].reason == reason)
            return true;
    return false;
}

static bool s5(const char *bytes, uint32_t count, uint8_t *a, uint8_t *b)
{
    uint8_t *aml = malloc(count);
    bool found;

    memcpy(aml, bytes, count);
    found = acpi_s5_find(aml, count, a, b);
    free(aml);
    return found;
}

/* ACPI 6.5, chapter 20: the encodings that compilers give Name (_S5_, Package () { ... }). */
static void check_s5(void)
{
    uint8_t a = 9, b = 9;
    TAP_OK(s5("\x08_S5_\x12\x06\x04\x00\x00\x00\x00", 12, &a, &b) && a == 0 && b == 0, "s5_zeros");
    TAP_OK(s5("\x08_S5_\x12\x08\x04\x0A\x07\x0A\x06\x00\x00", 14, &a, &b) && a == 7 && b == 6, "s5_bytes");
    TAP_OK(s5("\x08\\_S5_\x12\x05\x02\x01\x0A\x05", 12, &a, &b) && a == 1 && b == 5, "s5_root_prefix");
    TAP_OK(s5("\x08_S5_\x12\x49\x00\x02\x0B\x05\x00\x0B\x05\x00", 15, &a, &b) && a == 5, "s5_two_byte_length_words");
    TAP_OK(s5("\x08_S5_\x12\x04\x01\x0A\x03", 10, &a, &b) && a == 3 && b == 3, "s5_one_element");
    TAP_OK(!s5("\x08_S5_\x12\x06\x04\x0A\x09\x00", 11, &a, &b), "s5_value_too_large");
    TAP_OK(!s5("\x08_S5_\x12\x05\x02\x01\x0A\x09", 11, &a, &b), "s5_second_value_too_large");
    TAP_OK(!s5("\x10_S5_\x12\x06\x04\x00\x00\x00\x00", 12, &a, &b), "s5_not_a_name");
    TAP_OK(!s5("\x08_S5_\x12\x06\x04\x0A", 9, &a, &b), "s5_cut_in_a_constant");
    TAP_OK(!s5("\x08_S5_\x12\xC6", 7, &a, &b), "s5_cut_in_the_length");
    TAP_OK(!s5("\x08_S5_", 5, &a, &b), "s5_cut_after_the_name");
    TAP_OK(!s5("\x08_S5_\x12\x02\x00\x00", 9, &a, &b), "s5_empty_package");
}

/* A fragment of a real SSDT (PC Specialist NH5xAx, whose DSDT has none): \_S5_ is found there too. */
static void check_s5_in_ssdt(void)
{
    static const uint8_t fragment[] = {0x08, 0x5c, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x08,
                                       0x04, 0x0a, 0x05, 0x0a, 0x05, 0x00, 0x00};
    struct image image;
    uint8_t *dsdt, *mcfg;
    uint32_t bytes;

    image_load(&image, &recorded_q35);
    memset(&boot, 0, sizeof(boot));
    dsdt = image_table(&image, "DSDT");
    mcfg = image_table(&image, "MCFG");
    bytes = acpi_u32(dsdt + 4);
    for (uint32_t i = 0; i + 4 < bytes; i++)
        if (memcmp(dsdt + i, "_S5_", 4) == 0)
            dsdt[i + 1] = 'X';
    fix_checksum(dsdt, bytes);
    read_image(&image);
    TAP_OK(info.fadt.present && !info.fadt.s5_known, "s5_not_in_dsdt");
    memcpy(mcfg, "SSDT", 4);
    memcpy(mcfg + ACPI_HEADER_BYTES, fragment, sizeof(fragment));
    fix_checksum(mcfg, acpi_u32(mcfg + 4));
    read_image(&image);
    TAP_OK(info.fadt.s5_known && info.fadt.s5_type_a == 5 && info.fadt.s5_type_b == 5, "s5_in_ssdt");
    image_free(&image);
}

/* The x2APIC opt-out counts where xAPIC reaches every CPU. */
static void check_dmar(void)
{
    struct image image;
    uint8_t *dmar;

    image_load(&image, &recorded_q35);
    memset(&boot, 0, sizeof(boot));
    read_image(&image);
    TAP_OK(!info.dmar.present && !acpi_dmar_keeps_xapic(&info.dmar, 3), "no_dmar");
    dmar = image_table(&image, "MCFG");
    memcpy(dmar, "DMAR", 4);
    dmar[37] = DMAR_INTR_REMAP | DMAR_X2APIC_OPT_OUT;
    fix_checksum(dmar, acpi_u32(dmar + 4));
    read_image(&image);
    TAP_OK(info.dmar.present && info.dmar.flags == 3, "dmar_flags");
    TAP_OK(acpi_dmar_keeps_xapic(&info.dmar, 254), "opt_out_counts");
    TAP_OK(!acpi_dmar_keeps_xapic(&info.dmar, 255), "opt_out_with_an_id_out_of_reach");
    dmar[37] = DMAR_X2APIC_OPT_OUT;
    fix_checksum(dmar, acpi_u32(dmar + 4));
    read_image(&image);
    TAP_OK(acpi_dmar_keeps_xapic(&info.dmar, 3), "opt_out_without_remapping");
    dmar[37] = 1 << 2 | DMAR_INTR_REMAP;
    fix_checksum(dmar, acpi_u32(dmar + 4));
    read_image(&image);
    TAP_OK(!acpi_dmar_keeps_xapic(&info.dmar, 3), "the_opt_in_for_dma_protection_is_another_flag");
    dmar[37] = DMAR_INTR_REMAP;
    fix_checksum(dmar, acpi_u32(dmar + 4));
    read_image(&image);
    TAP_OK(info.dmar.present && !acpi_dmar_keeps_xapic(&info.dmar, 3), "no_opt_out");
    dmar[4] = 47;
    dmar[5] = 0;
    fix_checksum(dmar, 47);
    read_image(&image);
    TAP_OK(!info.dmar.present && has_problem("DMAR", ACPI_REASON_LENGTH), "dmar_too_short");
    image_free(&image);
}

/* Fields of the FADT that count only under a condition. */
static void check_fadt(void)
{
    struct image image;
    uint8_t *facp;
    uint32_t bytes;

    image_load(&image, &recorded_q35);
    memset(&boot, 0, sizeof(boot));
    facp = image_table(&image, "FACP");
    bytes = acpi_u32(facp + 4);
    TAP_OK(bytes >= 148, "the recording has the extended fields");
    facp[4] = 129; /* ends behind the value of the reset register */
    facp[5] = 0;
    fix_checksum(facp, 129);
    read_image(&image);
    TAP_OK(info.fadt.reset_supported && info.fadt.reset_value == 0x0F, "fadt_ends_behind_its_last_field");
    facp[4] = 128;
    fix_checksum(facp, 128);
    read_image(&image);
    TAP_OK(info.fadt.present && !info.fadt.reset_supported, "fadt_ends_before_it");
    facp[4] = (uint8_t)bytes;
    facp[5] = (uint8_t)(bytes >> 8);
    facp[91] = 0; /* length of the PM timer's block */
    memcpy(facp + 140, facp + 40, 4);
    memset(facp + 144, 0, 4);
    memset(facp + 40, 0, 4);
    fix_checksum(facp, bytes);
    read_image(&image);
    TAP_INT(info.fadt.pm_timer_port, 0, "no_pm_timer_without_its_length");
    TAP_OK(info.fadt.s5_known, "the_extended_dsdt_address_counts");
    facp[91] = 4;
    if (bytes >= 184) {
        facp[172] = ACPI_SPACE_MEMORY;
        facp[176] = 4;
        fix_checksum(facp, bytes);
        read_image(&image);
        TAP_INT(info.fadt.pm1a_control_port, 0, "a_register_in_memory_is_no_port");
    }
    facp[114] |= 1 << 4; /* hardware reduced */
    fix_checksum(facp, bytes);
    read_image(&image);
    TAP_OK(info.fadt.reduced_hardware && info.fadt.pm_timer_port == 0, "no_ports_on_reduced_hardware");
    image_free(&image);
}

int main(void)
{
    check_dmar();
    check_s5();
    check_s5_in_ssdt();
    check_fadt();
    return tap_done();
}
