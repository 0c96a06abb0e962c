/* SPDX-License-Identifier: MIT */
#include "arch/x86/console/screen.h"

#include "arch/x86/console/claimed.h"
#include "arch/x86/cpu/mem.h"
#include "arch/x86/cpu/paging.h"
#include "lib/screen/font.h"

enum {
    MODULE_PIXELS_MIN = 3,
    CODE_VERSION_MIN = 12, /* holds 400 bytes less 33: a line of the log and the code's head */
};

struct look {
    uint32_t ink, paper; /* RRGGBBh */
    uint8_t attribute;   /* of a VGA text cell */
};

static const struct look looks[GRID_COLOURS] = {
    [GRID_PLAIN] = {0xc8c8c8, 0x000000, 0x07}, [GRID_BRIGHT] = {0xffffff, 0x000000, 0x0f},
    [GRID_DIM] = {0x808080, 0x000000, 0x08},   [GRID_GOOD] = {0x50e050, 0x000000, 0x0a},
    [GRID_BAD] = {0xff6050, 0x000000, 0x0c},   [GRID_WARN] = {0xf0d040, 0x000000, 0x0e},
    [GRID_TITLE] = {0x000000, 0xc8c8c8, 0x70},
};

/* NULL, or why nothing is drawn. Only what is neither RAM nor another device's is mapped, and then written. */
static const char *open_pixels(struct framebuffer *pixels, const struct boot_info *boot)
{
    const struct boot_framebuffer *mode = &boot->framebuffer;
    const char *wrong = framebuffer_open(pixels, mode);
    uint64_t bytes = framebuffer_bytes(pixels);

    if (wrong == NULL && mem_is_ram(boot, mode->address, bytes))
        wrong = "it lies in RAM";
    if (wrong == NULL)
        wrong = claimed_memory(mode->address, mode->address + bytes - 1);
    if (wrong != NULL)
        return wrong;
    pixels->memory = paging_map_drawn(mode->address, bytes);
    return pixels->memory ? NULL : "the processor does not reach its address, or the image is there";
}

bool screen_open(struct screen *screen, const struct boot_info *boot)
{
    enum boot_framebuffer_type type = boot->framebuffer.type;

    if (type == BOOT_FRAMEBUFFER_RGB || type == BOOT_FRAMEBUFFER_OTHER) {
        screen->refused = open_pixels(&screen->pixels, boot);
        screen->shown.columns = screen->pixels.columns;
        screen->shown.rows = screen->pixels.rows;
        return screen->refused == NULL;
    }
    screen->shown.columns = VGA_COLUMNS;
    screen->shown.rows = VGA_ROWS;
    return vga_open(&screen->text, boot);
}

static void draw(struct screen *screen, uint32_t row, uint32_t column, grid_cell cell)
{
    const struct look *look = &looks[(cell >> 8) % GRID_COLOURS];
    char character = (char)(cell & 0xff);

    if (screen->pixels.memory != NULL)
        framebuffer_character(&screen->pixels, row, column, character, look->ink, look->paper);
    else if (screen->text.cells != NULL)
        vga_put(&screen->text, row, column, character, look->attribute);
}

void screen_show(struct screen *screen, const struct grid *page)
{
    bool whole = screen->shown.cells[0][0] == 0;

    if (whole && screen->pixels.memory != NULL)
        framebuffer_fill(&screen->pixels, 0, 0, screen->pixels.mode.width, screen->pixels.mode.height,
                         looks[GRID_PLAIN].paper);
    for (uint32_t row = 0; row < screen->shown.rows; row++)
        for (uint32_t column = 0; column < screen->shown.columns; column++) {
            grid_cell cell = page->cells[row][column];

            if (screen->shown.cells[row][column] == cell)
                continue;
            draw(screen, row, column, cell);
            screen->shown.cells[row][column] = cell;
        }
}

/* Pixels of a module's side; 0: the code does not fit. */
static uint32_t module_pixels(const struct screen *screen, uint32_t side)
{
    const struct framebuffer *pixels = &screen->pixels;
    uint32_t rows = 2 * FONT_ROWS * pixels->scale, height, size;

    if (pixels->memory == NULL || pixels->mode.height <= rows)
        return 0;
    height = pixels->mode.height - rows;
    size = (height < pixels->mode.width ? height : pixels->mode.width) / (side + 2 * QR_QUIET);
    return size < MODULE_PIXELS_MIN ? 0 : size;
}

uint32_t screen_code_version(const struct screen *screen)
{
    uint32_t version = QR_VERSION_MAX;

    while (version >= CODE_VERSION_MIN && module_pixels(screen, 17 + 4 * version) == 0)
        version--;
    return version >= CODE_VERSION_MIN ? version : 0;
}

bool screen_code(struct screen *screen, const struct qr *qr)
{
    const struct framebuffer *pixels = &screen->pixels;
    uint32_t size = module_pixels(screen, qr->side), whole = (qr->side + 2 * QR_QUIET) * size, left, top;

    if (size == 0)
        return false;
    left = (pixels->mode.width - whole) / 2;
    top = (pixels->mode.height - whole) / 2;
    framebuffer_fill(pixels, left, top, whole, whole, 0xffffff);
    for (uint32_t row = 0; row < qr->side; row++)
        for (uint32_t column = 0; column < qr->side; column++)
            if (qr->dark[row][column])
                framebuffer_fill(pixels, left + (column + QR_QUIET) * size, top + (row + QR_QUIET) * size, size, size,
                                 0x000000);
    return true;
}

void screen_forget(struct screen *screen)
{
    for (uint32_t row = 0; row < screen->shown.rows; row++)
        for (uint32_t column = 0; column < screen->shown.columns; column++)
            screen->shown.cells[row][column] = 0;
}
