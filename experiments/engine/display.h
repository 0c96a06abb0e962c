/* SPDX-License-Identifier: MIT */
/*
 * The run as a person at the screen sees it: a page of progress, then pages of results (lib/screen/page.h).
 *
 * Boot CPU, or the CPU that ends the run; never while a CPU measures.
 */
#ifndef LAB_EXPERIMENTS_ENGINE_DISPLAY_H
#define LAB_EXPERIMENTS_ENGINE_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/x86/console/screen.h"
#include "arch/x86/exit.h"
#include "lib/boot_info.h"
#include "lib/kept/kept.h"
#include "lib/record/record.h"
#include "lib/screen/codes.h"
#include "lib/screen/page.h"

struct display {
    struct screen screen;
    struct page page;
    struct grid grid; /* the page as it shall be */
    struct qr qr;
};

/* Takes the screen and becomes a sink of the stream. False: there is no screen. *display is zeroed. */
bool display_open(struct display *display, const struct boot_info *boot, struct record_stream *stream);

/* A finding where the loader's framebuffer is not drawn on, and why. */
void display_say(const struct display *display, struct record_stream *stream);

struct display_end {
    uint64_t tsc_hz; /* 0: not known */
    bool efi;
    bool saves;              /* a restart brings the log to the stick */
    const struct kept *kept; /* the log, for a person who asks for it; no copy: it cannot be shown */
};

/*
 * Shows the results, page by page, until a key asks to leave, and returns how; where the end saves, it returns
 * EXIT_REBOOT after a minute without a key. Pages turn by keys, and by themselves.
 */
enum exit_how display_results(struct display *display, const struct display_end *end);

#endif /* LAB_EXPERIMENTS_ENGINE_DISPLAY_H */
