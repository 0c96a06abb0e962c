/* SPDX-License-Identifier: MIT */
/*
 * PVH: the ELF note that idlelab carries and the structure that the loader hands over. For C and for assembly.
 *
 * Source: Xen, docs/misc/pvh.pandoc (state at the entry), xen/include/public/elfnote.h (note 18) and
 * xen/include/public/arch-x86/hvm/start_info.h (structures).
 */
#ifndef LAB_BOOT_PVH_H
#define LAB_BOOT_PVH_H

#include "lib/const.h"

#define PVH_NOTE_PHYS32_ENTRY 18 /* XEN_ELFNOTE_PHYS32_ENTRY */
#define PVH_START_MAGIC       U32C(0x336ec578)

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

struct pvh_start_info {
    uint32_t magic;
    uint32_t version; /* 1: the memory map members are there */
    uint32_t flags;
    uint32_t module_count;
    uint64_t modules;
    uint64_t cmdline;
    uint64_t rsdp;
    uint64_t memory_map;
    uint32_t memory_map_entries;
    uint32_t reserved;
};

struct pvh_module {
    uint64_t start;
    uint64_t bytes;
    uint64_t cmdline;
    uint64_t reserved;
};

struct pvh_memory_map_entry {
    uint64_t start;
    uint64_t bytes;
    uint32_t type; /* as INT 15h E820h */
    uint32_t reserved;
};

_Static_assert(offsetof(struct pvh_start_info, memory_map) == 40, "start_info.h");
_Static_assert(sizeof(struct pvh_start_info) == 56, "start_info.h");
_Static_assert(sizeof(struct pvh_module) == 32, "start_info.h");
_Static_assert(sizeof(struct pvh_memory_map_entry) == 24, "start_info.h");

/* Version 0 ends before the memory map. */
enum { PVH_START_INFO_V0_BYTES = 40 };

#endif /* __ASSEMBLER__ */

#endif /* LAB_BOOT_PVH_H */
