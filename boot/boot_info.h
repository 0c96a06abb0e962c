/* SPDX-License-Identifier: MIT */
/*
 * From a loader's information to struct boot_info.
 *
 * Pure: reads the loader's memory only through `map`, trusts no length in it, keeps no pointer into it. So it runs on
 * the host under sanitizers and a fuzzer as it runs at boot. Called once, by boot_main(), on the boot CPU.
 */
#ifndef LAB_BOOT_BOOT_INFO_H
#define LAB_BOOT_BOOT_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/boot_info.h"

/* Less usable memory than this, above 1 MiB and without the image and the modules, is too little to run. */
#define BOOT_MEMORY_MIN_BYTES (16ull << 20)

struct boot_source {
    uint32_t magic;       /* EAX at the entry; BOOT_MAGIC_PVH for PVH */
    uint64_t information; /* EBX at the entry: physical address */
    uint64_t image_start; /* the image in memory, BSS included */
    uint64_t image_end;
    uint32_t physical_address_bits; /* the processor's, at most 52 (SDM volume 3A, section 4.1.4) */
    /* Returns a pointer to [address, address + bytes) that may be read, or NULL. No alignment is promised. */
    const void *(*map)(void *context, uint64_t address, uint64_t bytes);
    void *context;
};

enum boot_error {
    BOOT_OK,
    BOOT_ERROR_MAGIC,         /* not one of the three loaders' numbers */
    BOOT_ERROR_INFORMATION,   /* the information lies where there is no memory, or contradicts itself
                             */
    BOOT_ERROR_NO_MEMORY_MAP, /* the loader names no memory at all */
    BOOT_ERROR_LITTLE_MEMORY, /* less than BOOT_MEMORY_MIN_BYTES */
};

/*
 * Fills *info, except entry_tsc, which becomes 0. The memory map comes out sorted and without overlap; where two
 * entries overlap, the type with the higher number wins. Usable regions begin and end on pages, none crosses 1 MiB, and
 * none holds page 0, the image, a module, or the loader's own structures: those are RESERVED. What is usable below 1
 * MiB is only for the code that starts the other CPUs. On an error *info holds what was read so far.
 */
enum boot_error boot_info_fill(struct boot_info *info, const struct boot_source *source);

/* The line for boot_stop(), or NULL for BOOT_OK. */
const char *boot_error_text(enum boot_error error);

#endif /* LAB_BOOT_BOOT_INFO_H */
