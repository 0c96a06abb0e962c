/* SPDX-License-Identifier: MIT */
/*
 * The screen in front of a person, pixels or text cells: shows a page, and draws only what changed in it.
 *
 * Boot CPU, never while a CPU measures.
 */
#ifndef LAB_ARCH_CONSOLE_SCREEN_H
#define LAB_ARCH_CONSOLE_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/console/framebuffer.h"
#include "arch/x86/console/vga.h"
#include "lib/screen/grid.h"
#include "lib/screen/qr.h"

struct screen {
    const char *refused;       /* why the loader's framebuffer is not drawn on; NULL: it is, or there is none */
    struct framebuffer pixels; /* memory NULL: none */
    struct vga text;           /* cells NULL: none */
    struct grid shown;         /* what stands on the screen; its cells 0: unknown */
};

/*
 * Takes the loader's framebuffer, mapped write-combining, else the VGA's text. False: there is neither, or the mode
 * makes no sense. The size in cells is shown.columns and shown.rows. Nothing is drawn yet.
 */
bool screen_open(struct screen *screen, const struct boot_info *boot);

/* Draws what is different from what stands there. page has the screen's size. */
void screen_show(struct screen *screen, const struct grid *page);

/*
 * Draws a code in the middle of the screen, dark on light, between the first and the last row, as large as it can be.
 * False: there are no pixels, or too few.
 */
bool screen_code(struct screen *screen, const struct qr *qr);

/* The largest version that the screen can show; 0: none. */
uint32_t screen_code_version(const struct screen *screen);

/* Whatever stands on the screen is not the last page any more: the next one is drawn whole. */
void screen_forget(struct screen *screen);

#endif /* LAB_ARCH_CONSOLE_SCREEN_H */
