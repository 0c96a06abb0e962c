/* SPDX-License-Identifier: MIT */
/* The reads of table.c; its list of problems, which tests/proof/acpi.c has in full, is another one here. */
#define acpi_problem_note listed_problem_note
#define acpi_problem_add  listed_problem_add
#include "arch/x86/acpi/table.c"
#undef acpi_problem_note
#undef acpi_problem_add

#include "arch/x86/acpi/madt.h"

#include "tests/proof/proof.h"

static struct acpi_madt madt;
static uint32_t noted;

void acpi_problem_note(struct acpi_problems *problems, const char *table, enum acpi_effect effect,
                       enum acpi_reason reason, uint64_t address, uint32_t offset)
{
    (void)problems;
    (void)table;
    (void)effect;
    (void)reason;
    assert(address == 0x1000 && offset >= 44);
    noted++;
}

void acpi_problem_add(struct acpi_problems *problems, const char *table, enum acpi_reason reason, uint64_t address)
{
    (void)problems;
    (void)table;
    assert(reason == ACPI_REASON_LENGTH && address == 0x1000);
    noted++;
}

/* The reader's only use of it, as one assignment: CBMC's own model writes each of its 50,000 bytes. */
void *memset(void *to, int value, size_t bytes)
{
    assert(to == &madt && value == 0 && bytes == sizeof(madt));
    madt = (struct acpi_madt){0};
    return to;
}

static void read_table(uint32_t bytes)
{
    struct acpi_table table = {.bytes = malloc(bytes), .length_bytes = bytes, .address = 0x1000};

    noted = 0;
    acpi_madt_read(&madt, &table, NULL);
    assert(madt.present == (bytes >= 44));
    assert(madt.present || noted == 1);
    if (!madt.present)
        return;
    /* What was counted fits into the table, and what fits is what is used. */
    assert(madt.cpu_count + madt.empty_slots + madt.disabled + madt.doubles <= (bytes - 44) / 8);
    assert(madt.ioapic_count + madt.override_count <= (bytes - 44) / 10 && madt.lost_cpus == 0);
    assert(madt.cpu_count < 1 || madt.cpus[0].apic_id != UINT32_MAX);
    assert(madt.cpu_count < 2 || madt.cpus[0].apic_id != madt.cpus[1].apic_id);
    assert(madt.override_count < 1 || madt.overrides[0].irq < 16);
}

void prove_madt(void)
{
    read_table(0);
    read_table(43);
    read_table(44);
    read_table(45);
    read_table(56);
}

/* Two processors, whatever they say of themselves. */
void prove_twice(void)
{
    uint8_t *bytes = malloc(60);
    struct acpi_table table = {.bytes = bytes, .length_bytes = 60, .address = 0x1000};

    bytes[44] = bytes[52] = 0;
    bytes[45] = bytes[53] = 8;
    acpi_madt_read(&madt, &table, NULL);
    assert(madt.cpu_count + madt.empty_slots + madt.disabled + madt.doubles <= 2);
    assert(madt.cpu_count < 2 || madt.cpus[0].apic_id != madt.cpus[1].apic_id);
    assert(!madt.doubles || madt.cpu_count == 1);
}
