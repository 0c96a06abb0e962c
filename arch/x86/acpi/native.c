/* SPDX-License-Identifier: MIT */
#include "arch/x86/acpi/acpi.h"

#include "arch/x86/cpu/paging.h"
#include "arch/x86/insn.h"

#define CPUID_ADDRESS_SIZES UINT32_C(0x80000008)

/*
 * An address beyond the processor's physical width would fault on a reserved page table bit, so a damaged pointer is
 * refused here. SDM volume 3A, section 4.1.4: the width is in bits 7:0; every processor with long mode reports the
 * leaf.
 */
static const uint8_t *map(void *ctx, uint64_t physical, uint64_t bytes)
{
    uint32_t width;

    (void)ctx;
    width = cpuid(CPUID_ADDRESS_SIZES, 0).eax & 0xFF;
    if (width < 36 || width > 52)
        width = 36;
    if (bytes == 0 || physical + bytes < physical || (physical + bytes - 1) >> width != 0)
        return NULL;
    return paging_map_table(physical, bytes);
}

struct acpi_memory acpi_native_memory(void)
{
    return (struct acpi_memory){.map = map, .ctx = NULL};
}
