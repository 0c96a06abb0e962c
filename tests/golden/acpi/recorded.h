/* SPDX-License-Identifier: MIT */
/*
 * Recorded physical memory for ACPI tests: regions of bytes, zeros between them, and nothing else
 * readable.
 */
#ifndef LAB_TESTS_GOLDEN_ACPI_RECORDED_H
#define LAB_TESTS_GOLDEN_ACPI_RECORDED_H

#include <stdint.h>

struct recorded_region {
    uint64_t address;
    uint32_t bytes;
    const char *hex; /* two digits a byte */
};

struct recorded_memory {
    const struct recorded_region *regions;
    uint32_t count;
};

#endif
