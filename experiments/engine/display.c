/* SPDX-License-Identifier: MIT */
#include "experiments/engine/display.h"

#include "arch/x86/console/keyboard.h"
#include "arch/x86/insn_privileged.h"
#include "arch/x86/time/tsc.h"
#include "lib/fmt.h"

enum { PAGE_SECONDS = 15 };

/* Where the TSC's rate is not known, the pages turn somewhat slower or faster. */
static const uint64_t tsc_hz_guess = 2000 * 1000 * UINT64_C(1000);

static void show(struct display *display, const char *foot)
{
    grid_print(&display->grid, display->grid.rows - 1, 1, GRID_TITLE, "%s", foot);
    grid_paint(&display->grid, display->grid.rows - 1, GRID_TITLE);
    screen_show(&display->screen, &display->grid);
}

static void take_line(void *context, const char *text, size_t bytes)
{
    struct display *display = context;

    if (!page_line(&display->page, text, bytes))
        return;
    page_draw_progress(&display->page, &display->grid);
    show(display, "This page stands still while a CPU measures.");
}

bool display_open(struct display *display, const struct boot_info *boot, struct record_stream *stream)
{
    if (!screen_open(&display->screen, boot))
        return false;
    display->grid.columns = display->screen.shown.columns;
    display->grid.rows = display->screen.shown.rows;
    return record_add_sink(stream, (struct record_sink){take_line, display});
}

/* The key that is pressed until then; KEY_NONE: none. */
static enum key wait_for_key(uint64_t until_tsc)
{
    enum key key;

    do {
        key = keyboard_poll();
        pause();
    } while (key == KEY_NONE && tsc_now() < until_tsc);
    return key;
}

enum exit_how display_results(struct display *display, uint64_t tsc_hz)
{
    uint64_t page_tsc = (tsc_hz != 0 ? tsc_hz : tsc_hz_guess) * PAGE_SECONDS;
    uint32_t number = 0, count;
    char foot[GRID_COLUMNS_MAX];

    for (;;) {
        count = page_draw_results(&display->page, &display->grid, number);
        fmt(foot, sizeof(foot), "Page %u of %u   Blank: next  Backspace: back  Q: power off  R: restart", number + 1,
            count);
        show(display, foot);
        switch (wait_for_key(tsc_now() + page_tsc)) {
        case KEY_Q:
            return EXIT_POWEROFF;
        case KEY_R:
            return EXIT_REBOOT;
        case KEY_BACK:
            number = (number + count - 1) % count;
            break;
        case KEY_NONE:
        case KEY_NEXT:
            number = (number + 1) % count;
            break;
        default:
            break;
        }
    }
}
