/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/acpi.h"

#include "arch/x86/cpu/paging.h"

static const uint8_t *map(void *ctx, uint64_t physical, uint64_t bytes)
{
    (void)ctx;
    return paging_map_table(physical, bytes);
}

struct acpi_memory acpi_native_memory(void)
{
    return (struct acpi_memory){.map = map, .ctx = NULL};
}
