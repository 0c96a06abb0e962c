/* SPDX-License-Identifier: MIT */
/*
 * VGA text mode, 80 x 25, as a second sink: a person at the machine sees the lines of the serial port.
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
    volatile uint16_t *cells; /* NULL = no text screen: writing does nothing */
    uint32_t row, column;
};

/*
 * Takes the text screen at B8000h where the loader reports no pixel framebuffer, the firmware is not EFI, and the
 * memory there holds what is written to it. Clears it. False: there is none.
 */
bool vga_open(struct vga *vga, const struct boot_info *boot);

/* Writes text; LF goes to a new line, long lines wrap, the screen scrolls. Bytes outside ASCII show as '?'. */
void vga_write(struct vga *vga, const char *text, size_t bytes);

#endif /* LAB_ARCH_CONSOLE_VGA_H */
