/* SPDX-License-Identifier: MIT */
/*
 * The three headers by which a loader knows this image.
 *
 *   multiboot 1   within the first 8 KiB of the file, 4-byte aligned (specification 0.6.96, 3.1)
 *   multiboot 2   within the first 32 KiB of the file, 8-byte aligned (specification 2.0, 3.1.1)
 *   PVH           ELF note 18 by "Xen": the physical address of the 32-bit entry
 *
 * BOOT_HEADER_MULTIBOOT1=0 leaves zeros in place of the multiboot 1 header. QEMU tries multiboot
 * before PVH and stops at an ELF64 that has the header, so the images for PVH are linked without
 * it; every address stays the same.
 */
#include "boot/multiboot1.h"
#include "boot/multiboot2.h"
#include "boot/pvh.h"

#define MULTIBOOT1_FLAGS (MULTIBOOT1_HEADER_PAGE_ALIGN | MULTIBOOT1_HEADER_MEMORY_INFO)

        .section .boot_header, "a", @progbits

        .balign 8
multiboot2_header:
        .long   MULTIBOOT2_HEADER_MAGIC
        .long   MULTIBOOT2_ARCHITECTURE_I386
        .long   multiboot2_header_end - multiboot2_header
        .long   -(MULTIBOOT2_HEADER_MAGIC + MULTIBOOT2_ARCHITECTURE_I386 + \
                  (multiboot2_header_end - multiboot2_header)) & 0xffffffff

        /* Everything here is optional: a loader that knows no such tag still boots us. */
        .balign 8
information_request:
        .short  MULTIBOOT2_HEADER_TAG_INFORMATION_REQUEST
        .short  MULTIBOOT2_HEADER_TAG_OPTIONAL
        .long   information_request_end - information_request
        .long   MULTIBOOT2_TAG_CMDLINE
        .long   MULTIBOOT2_TAG_LOADER_NAME
        .long   MULTIBOOT2_TAG_MODULE
        .long   MULTIBOOT2_TAG_MMAP
        .long   MULTIBOOT2_TAG_FRAMEBUFFER
        .long   MULTIBOOT2_TAG_EFI64
        .long   MULTIBOOT2_TAG_ACPI_OLD
        .long   MULTIBOOT2_TAG_ACPI_NEW
information_request_end:

        /* Any mode will do (0 = no preference). Under BIOS the menu asks for text again, see */
        /* grub.cfg. */
        .balign 8
framebuffer_request:
        .short  MULTIBOOT2_HEADER_TAG_FRAMEBUFFER
        .short  MULTIBOOT2_HEADER_TAG_OPTIONAL
        .long   framebuffer_request_end - framebuffer_request
        .long   0                       /* width */
        .long   0                       /* height */
        .long   0                       /* bits per pixel */
framebuffer_request_end:

        .balign 8
module_align:
        .short  MULTIBOOT2_HEADER_TAG_MODULE_ALIGN
        .short  MULTIBOOT2_HEADER_TAG_OPTIONAL
        .long   8

        .balign 8
        .short  MULTIBOOT2_HEADER_TAG_END
        .short  0
        .long   8
multiboot2_header_end:

        .balign 4
#if BOOT_HEADER_MULTIBOOT1
        .long   MULTIBOOT1_HEADER_MAGIC
        .long   MULTIBOOT1_FLAGS
        .long   -(MULTIBOOT1_HEADER_MAGIC + MULTIBOOT1_FLAGS) & 0xffffffff
#else
        .long   0, 0, 0
#endif

        .section .note.Xen, "a", @note
        .balign 4
        .long   xen_name_end - xen_name
        .long   4                       /* bytes of the description: a 32-bit address */
        .long   PVH_NOTE_PHYS32_ENTRY
xen_name:
        .asciz  "Xen"
xen_name_end:
        .balign 4
        .long   pvh_start

        .section .note.GNU-stack, "", @progbits
