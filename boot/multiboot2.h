/* SPDX-License-Identifier: MIT */
/*
 * Multiboot 2: the header that idlelab carries and the tags that the loader hands over. For C and for assembly.
 *
 * Source: "Multiboot2 Specification version 2.0", 3.1 (header) and 3.6 (boot information format).
 */
#ifndef LAB_BOOT_MULTIBOOT2_H
#define LAB_BOOT_MULTIBOOT2_H

#include "lib/const.h"

#define MULTIBOOT2_HEADER_MAGIC      U32C(0xe85250d6)
#define MULTIBOOT2_LOADER_MAGIC      U32C(0x36d76289) /* in EAX at the entry */
#define MULTIBOOT2_ARCHITECTURE_I386 0
#define MULTIBOOT2_ALIGN             8 /* of the header, the information and each tag */

#define MULTIBOOT2_HEADER_TAG_END                 0
#define MULTIBOOT2_HEADER_TAG_INFORMATION_REQUEST 1
#define MULTIBOOT2_HEADER_TAG_FRAMEBUFFER         5
#define MULTIBOOT2_HEADER_TAG_MODULE_ALIGN        6
#define MULTIBOOT2_HEADER_TAG_OPTIONAL            1 /* a loader that cannot do this goes on */

#define MULTIBOOT2_TAG_END          0
#define MULTIBOOT2_TAG_CMDLINE      1
#define MULTIBOOT2_TAG_LOADER_NAME  2
#define MULTIBOOT2_TAG_MODULE       3
#define MULTIBOOT2_TAG_BASIC_MEMORY 4
#define MULTIBOOT2_TAG_MMAP         6
#define MULTIBOOT2_TAG_FRAMEBUFFER  8
#define MULTIBOOT2_TAG_EFI32        11
#define MULTIBOOT2_TAG_EFI64        12
#define MULTIBOOT2_TAG_ACPI_OLD     14
#define MULTIBOOT2_TAG_ACPI_NEW     15
#define MULTIBOOT2_TAG_EFI_MMAP     17

#define MULTIBOOT2_FRAMEBUFFER_RGB 1

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

struct multiboot2_info {
    uint32_t total_size; /* bytes, this structure included */
    uint32_t reserved;
};

struct multiboot2_tag {
    uint32_t type;
    uint32_t size; /* bytes, this header included, the padding to 8 not */
};

struct multiboot2_module {
    struct multiboot2_tag tag;
    uint32_t start;
    uint32_t end; /* first byte after it; the string follows */
};

struct multiboot2_basic_memory {
    struct multiboot2_tag tag;
    uint32_t lower_kib;
    uint32_t upper_kib;
};

struct multiboot2_mmap {
    struct multiboot2_tag tag;
    uint32_t entry_size;
    uint32_t entry_version;
};

struct multiboot2_mmap_entry {
    uint64_t start;
    uint64_t bytes;
    uint32_t type;
    uint32_t reserved;
};

struct multiboot2_framebuffer {
    struct multiboot2_tag tag;
    uint64_t address;
    uint32_t pitch;
    uint32_t width;
    uint32_t height;
    uint8_t bits_per_pixel;
    uint8_t type;
    uint16_t reserved;
    uint8_t color_info[6]; /* RGB: position and size of red, green, blue */
};

struct multiboot2_efi64 {
    struct multiboot2_tag tag;
    uint64_t system_table;
};

_Static_assert(sizeof(struct multiboot2_module) == 16, "2.0, 3.6.6");
_Static_assert(sizeof(struct multiboot2_mmap) == 16, "2.0, 3.6.8");
_Static_assert(sizeof(struct multiboot2_mmap_entry) == 24, "2.0, 3.6.8");
_Static_assert(offsetof(struct multiboot2_framebuffer, color_info) == 32, "2.0, 3.6.12");

/* A text framebuffer's tag ends before the colour information. */
enum { MULTIBOOT2_FRAMEBUFFER_MIN_BYTES = 32, MULTIBOOT2_FRAMEBUFFER_RGB_BYTES = 38 };

#endif /* __ASSEMBLER__ */

#endif /* LAB_BOOT_MULTIBOOT2_H */
