/* SPDX-License-Identifier: MIT */
/*
 * Everything that idlelab takes from ACPI, read once at boot.
 *
 * acpi_read() is pure; acpi_native_memory() is the machine's own memory. Boot CPU, before page 0 is sealed; the result
 * does not change afterwards. A damaged table is absent here and named in problems.
 */
#ifndef LAB_ARCH_ACPI_ACPI_H
#define LAB_ARCH_ACPI_ACPI_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/cstates.h"
#include "arch/x86/acpi/dmar.h"
#include "arch/x86/acpi/fadt.h"
#include "arch/x86/acpi/hpet_table.h"
#include "arch/x86/acpi/madt.h"
#include "arch/x86/acpi/rsdp.h"
#include "arch/x86/acpi/serial_table.h"
#include "arch/x86/acpi/table.h"
#include "lib/boot_info.h"

enum {
    ACPI_TABLES_MAX = 64,
    ACPI_TABLE_ID_BYTES = 9,
};

struct acpi_table_entry {
    char signature[ACPI_NAME_BYTES];
    uint32_t length_bytes;
    uint64_t address;
};

struct acpi_info {
    bool found; /* a root pointer and a root table that can be used */
    bool xsdt;  /* the root table in use is the XSDT */
    struct acpi_rsdp rsdp;
    char oem[ACPI_OEM_BYTES];           /* of the root table, blanks kept: "BOCHS " */
    char table_id[ACPI_TABLE_ID_BYTES]; /* of the root table */
    uint32_t table_count;
    struct acpi_table_entry tables[ACPI_TABLES_MAX]; /* tables that the lab uses or could use */
    struct acpi_madt madt;
    struct acpi_fadt fadt;
    struct acpi_hpet hpet;
    struct acpi_dmar dmar;
    struct acpi_serial spcr;
    struct acpi_dbg2 dbg2;
    struct acpi_cstates cstates; /* of DSDT and SSDTs */
    struct acpi_problems problems;
};

/* Fills *info, which is zeroed, from the tables that pass their checks; info->problems names the others. */
void acpi_read(struct acpi_info *info, const struct boot_info *boot, const struct acpi_memory *memory);

/*
 * Adds what the AML of DSDT and SSDTs has, \_S5_ and _CST. Behind acpi_read(), and behind the console: looking through
 * all of it takes as long as everything before the first record.
 */
void acpi_read_aml(struct acpi_info *info, const struct acpi_memory *memory);

/* Physical memory as the image's page tables have it: identity below 4 GiB, mapped on demand above. */
struct acpi_memory acpi_native_memory(void);

#endif /* LAB_ARCH_ACPI_ACPI_H */
