/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/vga.h"

#include "arch/x86/cpu/paging.h"
#include "arch/x86/insn_privileged.h"

#define VGA_TEXT_ADDRESS UINT64_C(0xB8000)
#define VGA_TEXT_BYTES   (VGA_COLUMNS * VGA_ROWS * sizeof(uint16_t))

/* Grey on black; a cell is the character in bits 7:0 and the attribute in bits 15:8. */
static const uint16_t attribute = 0x0700;

/* CRT controller, IBM VGA technical reference: index and data port; register 0Ah bit 5 hides the cursor. */
static const uint16_t crtc_index = 0x3D4, crtc_data = 0x3D5;
static const uint8_t crtc_cursor_start = 0x0A, crtc_cursor_off = 0x20;

static void clear_row(struct vga *vga, uint32_t row)
{
    for (uint32_t column = 0; column < VGA_COLUMNS; column++)
        vga->cells[row * VGA_COLUMNS + column] = attribute | ' ';
}

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
    for (uint32_t row = 0; row < VGA_ROWS; row++)
        clear_row(vga, row);
    outb(crtc_index, crtc_cursor_start);
    outb(crtc_data, crtc_cursor_off);
    return true;
}

static void new_line(struct vga *vga)
{
    vga->column = 0;
    if (vga->row + 1 < VGA_ROWS) {
        vga->row++;
        return;
    }
    for (uint32_t i = 0; i < VGA_COLUMNS * (VGA_ROWS - 1); i++)
        vga->cells[i] = vga->cells[i + VGA_COLUMNS];
    clear_row(vga, VGA_ROWS - 1);
}

void vga_write(struct vga *vga, const char *text, size_t bytes)
{
    if (vga->cells == NULL)
        return;
    for (size_t i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)text[i];
        uint16_t shown;

        if (byte == '\n') {
            new_line(vga);
            continue;
        }
        if (vga->column == VGA_COLUMNS)
            new_line(vga);
        shown = byte >= 0x20 && byte <= 0x7E ? byte : '?';
        vga->cells[vga->row * VGA_COLUMNS + vga->column++] = (uint16_t)(attribute | shown);
    }
}
