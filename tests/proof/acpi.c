/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/acpi.h"
#include "arch/x86/acpi/aml.h"

#include "tests/proof/proof.h"

static struct acpi_problems problems;

static struct acpi_table table_of(uint32_t bytes)
{
    problems = (struct acpi_problems){0};
    return (struct acpi_table){.bytes = malloc(bytes), .length_bytes = bytes, .address = 0x1000};
}

static void fadt_of(uint32_t bytes)
{
    struct acpi_table table = table_of(bytes);
    struct acpi_fadt fadt;

    acpi_fadt_read(&fadt, &table, &problems);
    assert(fadt.present == (bytes >= 116));
    assert(!fadt.reset_supported || fadt.reset.address != 0);
    assert(!fadt.reduced_hardware || (fadt.pm_timer_port == 0 && fadt.pm1a_control_port == 0));
}

void prove_fadt(void)
{
    fadt_of(115);
    fadt_of(116);
    fadt_of(128);
    fadt_of(129);
    fadt_of(147);
    fadt_of(148);
    fadt_of(220);
    fadt_of(256);
}

static void small_of(uint32_t bytes)
{
    struct acpi_table table = table_of(bytes);
    struct acpi_hpet hpet;
    struct acpi_dmar dmar;

    acpi_hpet_read(&hpet, &table, &problems);
    assert(!hpet.present || (hpet.address != 0 && bytes >= 56));
    acpi_dmar_read(&dmar, &table, &problems);
    assert(dmar.present == (bytes >= 48));
}

void prove_small_tables(void)
{
    small_of(0);
    small_of(36);
    small_of(47);
    small_of(48);
    small_of(54);
    small_of(55);
    small_of(56);
}

static void sleep_type_of(uint32_t bytes)
{
    uint8_t a = 8, b = 8;

    if (acpi_s5_find(malloc(bytes), bytes, &a, &b))
        assert(a <= 7 && b <= 7);
}

void prove_sleep_type(void)
{
    sleep_type_of(0);
    sleep_type_of(5);
    sleep_type_of(6);
    sleep_type_of(10);
}

static void aml_of(uint32_t bytes)
{
    const uint8_t *aml = malloc(bytes), *data;
    uint32_t from = nondet_u32(), at = from, end, size;
    uint8_t elements;
    uint64_t value;

    ASSUME(from <= bytes);
    assert(aml_integer(aml, bytes, &at, &value) ? at > from && at <= bytes : at == from);
    at = from;
    assert(aml_package(aml, bytes, &at, &end, &elements) ? at > from && at <= end && end <= bytes : at == from);
    at = from;
    if (aml_buffer(aml, bytes, &at, &data, &size))
        assert(at > from && at <= bytes && data >= aml && size <= bytes && data + size <= aml + bytes);
    else
        assert(at == from);
}

void prove_aml(void)
{
    aml_of(0);
    aml_of(3);
    aml_of(6);
    aml_of(10);
}
