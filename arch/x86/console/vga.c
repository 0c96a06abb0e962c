/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/vga.h"

#include "arch/x86/cpu/paging.h"
#include "arch/x86/insn_privileged.h"

#define VGA_TEXT_ADDRESS UINT64_C(0xB8000)
#define VGA_TEXT_BYTES   (VGA_COLUMNS * VGA_ROWS * sizeof(uint16_t))

/* CRT controller, IBM VGA technical reference: index and data port; register 0Ah bit 5 hides the cursor. */
static const uint16_t crtc_index = 0x3D4, crtc_data = 0x3D5;
static const uint8_t crtc_cursor_start = 0x0A, crtc_cursor_off = 0x20;

/* True where memory keeps two patterns. Where no adapter decodes the address, reads do not follow writes. */
static bool cells_answer(volatile uint16_t *cells)
{
    uint16_t before = cells[0];
    bool first;

    cells[0] = 0x0755;
    cells[1] = 0x07AA; /* a different value on the bus between write and read */
    first = cells[0] == 0x0755;
    cells[0] = before;
    return first && cells[1] == 0x07AA;
}

bool vga_open(struct vga *vga, const struct boot_info *boot)
{
    volatile uint16_t *cells;

    *vga = (struct vga){.cells = NULL};
    if (boot->firmware_efi || boot->framebuffer.type == BOOT_FRAMEBUFFER_RGB)
        return false;
    cells = paging_map_mmio(VGA_TEXT_ADDRESS, VGA_TEXT_BYTES);
    if (cells == NULL || !cells_answer(cells))
        return false;

    vga->cells = cells;
    outb(crtc_index, crtc_cursor_start);
    outb(crtc_data, crtc_cursor_off);
    return true;
}

void vga_put(struct vga *vga, uint32_t row, uint32_t column, char character, uint8_t attribute)
{
    if (row < VGA_ROWS && column < VGA_COLUMNS)
        vga->cells[row * VGA_COLUMNS + column] = (uint16_t)(attribute << 8 | (uint8_t)character);
}
