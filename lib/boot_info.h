/* SPDX-License-Identifier: MIT */
/*
 * What the loader handed over, in one form for all loaders, and the addresses in boot/ that other rooms need.
 *
 * boot/ fills it from multiboot 1, multiboot 2 or PVH and passes it to lab_main(); no later code depends on the loader.
 * All addresses are physical. Strings are copied and always end in NUL; a flag marks what did not fit.
 */
#ifndef LAB_LIB_BOOT_INFO_H
#define LAB_LIB_BOOT_INFO_H

#include <stdbool.h>
#include <stdint.h>

enum {
    BOOT_CMDLINE_BYTES = 4096,
    BOOT_NAME_BYTES = 64,
    BOOT_MODULES_MAX = 8,
    BOOT_MEMORY_MAX = 256,
    BOOT_RSDP_BYTES = 36,
};

enum boot_protocol {
    BOOT_PROTOCOL_NONE,
    BOOT_PROTOCOL_MULTIBOOT1,
    BOOT_PROTOCOL_MULTIBOOT2,
    BOOT_PROTOCOL_PVH,
};

/* Memory types with the numbers of the ACPI specification, section 15 (INT 15h E820h). */
enum boot_memory_type {
    BOOT_MEMORY_USABLE = 1,
    BOOT_MEMORY_RESERVED = 2,
    BOOT_MEMORY_ACPI_RECLAIM = 3,
    BOOT_MEMORY_ACPI_NVS = 4,
    BOOT_MEMORY_BAD = 5,
};

struct boot_memory {
    uint64_t start;
    uint64_t bytes;
    enum boot_memory_type type;
};

struct boot_module {
    uint64_t start;
    uint64_t bytes;
    char name[BOOT_NAME_BYTES];
};

enum boot_framebuffer_type {
    BOOT_FRAMEBUFFER_NONE,
    BOOT_FRAMEBUFFER_RGB,
    BOOT_FRAMEBUFFER_OTHER, /* indexed colours, or what no specification has: said, not used */
    BOOT_FRAMEBUFFER_TEXT,  /* EGA text: 16-bit cells, width and height in characters */
};

struct boot_framebuffer {
    enum boot_framebuffer_type type;
    uint64_t address;
    uint32_t pitch_bytes;
    uint32_t width;
    uint32_t height;
    uint8_t bits_per_pixel;
    uint8_t red_shift, red_bits, green_shift, green_bits, blue_shift, blue_bits;
};

/* The code with which the other CPUs start (boot/ap_entry.S). It runs in a copy below 1 MiB. */
struct boot_trampoline {
    const uint8_t *code;
    uint32_t code_bytes;
    uint32_t entry32_offset; /* offset of the 32-bit and of the 64-bit entry in `code` */
    uint32_t entry64_offset;
};

struct boot_info {
    enum boot_protocol protocol;
    char loader[BOOT_NAME_BYTES]; /* as the loader names itself, else "" */
    char cmdline[BOOT_CMDLINE_BYTES];
    bool cmdline_cut;
    bool firmware_efi;     /* an EFI system table or an EFI memory map was handed over */
    uint32_t lost_memory;  /* memory map entries that did not fit */
    uint32_t lost_modules; /* modules that did not fit */
    uint32_t module_count;
    struct boot_module modules[BOOT_MODULES_MAX];
    uint32_t memory_count; /* sorted by start, not overlapping */
    struct boot_memory memory[BOOT_MEMORY_MAX];
    uint64_t rsdp_address;              /* from PVH; 0 = not given */
    uint8_t rsdp_copy[BOOT_RSDP_BYTES]; /* from multiboot 2 */
    uint32_t rsdp_copy_bytes;           /* 0 = none, 20 = ACPI 1.0, 36 = ACPI 2.0 or later */
    uint64_t efi_system_table;          /* 0 = none */
    struct boot_framebuffer framebuffer;
    uint64_t entry_tsc;   /* TSC at the first instructions of the image */
    uint64_t stack_guard; /* address of the page below the boot stack, which must be not present */
    struct boot_trampoline trampoline;
};

#endif /* LAB_LIB_BOOT_INFO_H */
