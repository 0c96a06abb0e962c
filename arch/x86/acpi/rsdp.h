/* SPDX-License-Identifier: MIT */
/*
 * Finding the root pointer (RSDP): from the loader, from the EFI configuration table, or by the BIOS scan.
 *
 * Pure; bytes are reached through the caller's map function. Boot CPU, before page 0 is sealed (the EBDA pointer lies
 * in it). Sources: ACPI specification 6.5, section 5.2.5; UEFI specification 2.10, sections 4.3 and 4.6.
 */
#ifndef LAB_ARCH_ACPI_RSDP_H
#define LAB_ARCH_ACPI_RSDP_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/acpi/table.h"
#include "lib/boot_info.h"

enum acpi_rsdp_source {
    ACPI_RSDP_NONE,
    ACPI_RSDP_LOADER_COPY,
    ACPI_RSDP_LOADER_ADDRESS,
    ACPI_RSDP_EFI,
    ACPI_RSDP_BIOS,
};

struct acpi_rsdp {
    enum acpi_rsdp_source source;
    uint64_t address; /* 0 for a loader's copy */
    uint8_t revision; /* 0 = ACPI 1.0, 2 = later */
    char oem[ACPI_OEM_BYTES];
    uint64_t rsdt; /* 0 = none */
    uint64_t xsdt; /* 0 = none */
};

/* Tries the sources in the order of the enum and takes the first that passes its checksums. False: there is none. */
bool acpi_rsdp_find(struct acpi_rsdp *rsdp, const struct boot_info *boot, const struct acpi_memory *memory,
                    struct acpi_problems *problems);

/* "loader-copy", "loader-address", "efi", "bios", "none". */
const char *acpi_rsdp_source_name(enum acpi_rsdp_source source);

#endif /* LAB_ARCH_ACPI_RSDP_H */
