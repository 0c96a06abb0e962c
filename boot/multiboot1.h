/* SPDX-License-Identifier: MIT */
/*
 * Multiboot 1: the header that idlelab carries and the structure that the loader hands over. For C and for assembly.
 *
 * Source: "Multiboot Specification version 0.6.96", 3.1 (header) and 3.3 (boot information format).
 */
#ifndef LAB_BOOT_MULTIBOOT1_H
#define LAB_BOOT_MULTIBOOT1_H

#include "lib/const.h"

#define MULTIBOOT1_HEADER_MAGIC U32C(0x1badb002)
#define MULTIBOOT1_LOADER_MAGIC U32C(0x2badb002) /* in EAX at the entry */

#define MULTIBOOT1_HEADER_PAGE_ALIGN  BIT32(0) /* modules start on a page */
#define MULTIBOOT1_HEADER_MEMORY_INFO BIT32(1) /* mem_* or mmap_* must be given */

#define MULTIBOOT1_INFO_MEMORY      BIT32(0)
#define MULTIBOOT1_INFO_CMDLINE     BIT32(2)
#define MULTIBOOT1_INFO_MODULES     BIT32(3)
#define MULTIBOOT1_INFO_MMAP        BIT32(6)
#define MULTIBOOT1_INFO_LOADER_NAME BIT32(9)
#define MULTIBOOT1_INFO_FRAMEBUFFER BIT32(12)

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

struct multiboot1_info {
    uint32_t flags;
    uint32_t mem_lower_kib; /* from 0 */
    uint32_t mem_upper_kib; /* from 1 MiB to the first hole */
    uint32_t boot_device;
    uint32_t cmdline;
    uint32_t mods_count;
    uint32_t mods_addr;
    uint32_t syms[4];
    uint32_t mmap_length; /* bytes */
    uint32_t mmap_addr;
    uint32_t drives_length;
    uint32_t drives_addr;
    uint32_t config_table;
    uint32_t boot_loader_name;
    uint32_t apm_table;
    uint32_t vbe_control_info;
    uint32_t vbe_mode_info;
    uint16_t vbe_mode;
    uint16_t vbe_interface_seg;
    uint16_t vbe_interface_off;
    uint16_t vbe_interface_len;
    uint64_t framebuffer_addr;
    uint32_t framebuffer_pitch;
    uint32_t framebuffer_width;
    uint32_t framebuffer_height;
    uint8_t framebuffer_bpp;
    uint8_t framebuffer_type;
    uint8_t color_info[6]; /* RGB: position and size of red, green, blue */
};

_Static_assert(offsetof(struct multiboot1_info, mmap_length) == 44, "0.6.96, 3.3");
_Static_assert(offsetof(struct multiboot1_info, framebuffer_addr) == 88, "0.6.96, 3.3");
_Static_assert(offsetof(struct multiboot1_info, color_info) == 110, "0.6.96, 3.3");

/* How much of it every loader provides: up to and including vbe_interface_len. */
enum { MULTIBOOT1_INFO_OLD_BYTES = 88 };

struct multiboot1_module {
    uint32_t start;
    uint32_t end; /* first byte after it */
    uint32_t string;
    uint32_t reserved;
};

_Static_assert(sizeof(struct multiboot1_module) == 16, "0.6.96, 3.3");

/* The entry's `size` does not count itself; the next entry starts at size + 4. */
struct multiboot1_mmap_entry {
    uint32_t size;
    uint32_t addr_low, addr_high;
    uint32_t length_low, length_high;
    uint32_t type;
};

_Static_assert(sizeof(struct multiboot1_mmap_entry) == 24, "0.6.96, 3.3");

#endif /* __ASSEMBLER__ */

#endif /* LAB_BOOT_MULTIBOOT1_H */
