/* SPDX-License-Identifier: MIT */
/*
 * VGA text mode, 80 x 25.
 *
 * One CPU writes, never while another measures (each cell is an uncached or trapped store).
 */
#ifndef LAB_ARCH_CONSOLE_VGA_H
#define LAB_ARCH_CONSOLE_VGA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/boot_info.h"

enum {
    VGA_COLUMNS = 80,
    VGA_ROWS = 25,
};

struct vga {
    volatile uint16_t *cells; /* NULL = no text screen */
};

/*
 * Takes the text screen at B8000h where the loader reports no pixel framebuffer, the firmware is not EFI, and the
 * memory there holds what is written to it. False: there is none.
 */
bool vga_open(struct vga *vga, const struct boot_info *boot);

/* Sets one cell. attribute: bits 3:0 the character's colour, 6:4 the background's. */
void vga_put(struct vga *vga, uint32_t row, uint32_t column, char character, uint8_t attribute);

#endif /* LAB_ARCH_CONSOLE_VGA_H */
