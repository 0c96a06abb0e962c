/* SPDX-License-Identifier: MIT */
#include "experiments/engine/display.h"

#include "arch/x86/console/keyboard.h"
#include "arch/x86/insn_privileged.h"
#include "arch/x86/time/tsc.h"
#include "lib/fmt.h"

enum {
    PAGE_SECONDS = 15,
    CODE_SECONDS = 6,
    SAVE_SECONDS = 60,
    NOTE_ROW = 2, /* blank in the pages of results */
};

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

void display_say(const struct display *display, struct record_stream *stream)
{
    const struct boot_framebuffer *mode = &display->screen.pixels.mode;
    char line[192];

    if (display->screen.refused == NULL)
        return;
    fmt(line, sizeof(line),
        "nothing is drawn on the loader's framebuffer: %s (%u x %u, %u bits, lines of %u bytes, at 0x%lx)",
        display->screen.refused, mode->width, mode->height, mode->bits_per_pixel, mode->pitch_bytes, mode->address);
    record_finding(stream, -1, "screen_refused", CONFIDENCE_NONE, line);
}

/* Pages of results, and the log as it is. */
struct turning {
    struct display *display;
    const struct display_end *end;
    uint64_t second_tsc;
    uint64_t save_tsc; /* when the machine restarts by itself; UINT64_MAX: it does not */
    bool log;          /* the log is shown, from `offset` on */
    uint64_t offset, next;
    uint32_t number, count; /* pages of results, then codes */
    struct codes codes;
    uint32_t code_version; /* 0: the screen cannot show codes */
    uint32_t code_shown;   /* the code that stands on the screen; 0: none does */
};

/* What the person should know of the log; the countdown, where there is one. */
static void draw_note(const struct turning *turning)
{
    struct grid *grid = &turning->display->grid;
    uint64_t now_tsc = tsc_now();

    if (turning->save_tsc != UINT64_MAX)
        grid_print(grid, NOTE_ROW, 1, GRID_WARN,
                   "In %lu s the machine restarts, and its stick gets the log. S: now. Another key: not by itself",
                   turning->save_tsc > now_tsc ? (turning->save_tsc - now_tsc) / turning->second_tsc + 1 : 0);
    else if (turning->end->saves)
        grid_print(grid, NOTE_ROW, 1, GRID_WARN, "S: restart, so that the stick gets the log");
    else if (!turning->end->efi)
        grid_print(grid, NOTE_ROW, 1, GRID_DIM, "A BIOS machine cannot write the log to its stick: photograph the %s",
                   turning->code_version != 0 ? "codes (C)" : "pages");
}

static void draw_log(struct turning *turning)
{
    struct grid *grid = &turning->display->grid;
    char line[GRID_COLUMNS_MAX + 1];

    grid_clear(grid);
    turning->next = turning->offset;
    for (uint32_t row = 0; row + 1 < grid->rows && kept_line(turning->end->kept, &turning->next, line, sizeof(line));
         row++)
        grid_print(grid, row, 0, GRID_PLAIN, "%s", line);
    show(turning->display, "The log   Blank: on  Backspace: from its beginning  L: results");
}

/* One code of the log, whole; it is not drawn again while it stands. */
static void draw_code(struct turning *turning, uint32_t number)
{
    struct display *display = turning->display;
    char text[CODES_TEXT_BYTES];
    size_t bytes;

    if (turning->code_shown == number)
        return;
    bytes = codes_text(&turning->codes, number, text);
    screen_forget(&display->screen);
    grid_clear(&display->grid);
    grid_print(&display->grid, 0, 1, GRID_TITLE,
               "Code %u of %u   Photograph each; \"idlelab scan PHOTO...\" reads them", number, turning->codes.count);
    grid_paint(&display->grid, 0, GRID_TITLE);
    show(display, "Blank: next  Backspace: back  Esc: results  L: log  Q: power off  R: restart");
    if (qr_encode(&display->qr, turning->code_version, text, bytes))
        screen_code(&display->screen, &display->qr);
    turning->code_shown = number;
}

static void draw(struct turning *turning)
{
    struct display *display = turning->display;
    char foot[GRID_COLUMNS_MAX];

    if (!turning->log && turning->number >= turning->count && turning->count > 0) {
        draw_code(turning, turning->number - turning->count + 1);
        return;
    }
    if (turning->code_shown != 0)
        screen_forget(&display->screen);
    turning->code_shown = 0;
    if (turning->log) {
        draw_log(turning);
        return;
    }
    turning->count = page_draw_results(&display->page, &display->grid, turning->number);
    draw_note(turning);
    fmt(foot, sizeof(foot), "Page %u of %u   Blank: next  Backspace: back  L: log  %sQ: power off  R: restart",
        turning->number + 1, turning->count, turning->code_version != 0 ? "C: codes  " : "");
    show(display, foot);
}

static void turn(struct turning *turning, bool back)
{
    uint32_t pages = turning->count + turning->codes.count;

    if (turning->log)
        turning->offset = back || turning->next >= kept_bytes(turning->end->kept) ? 0 : turning->next;
    else
        turning->number = (turning->number + (back ? pages - 1 : 1)) % pages;
}

/* The key that is pressed within a second; KEY_NONE: none. */
static enum key wait_for_key(uint64_t second_tsc)
{
    uint64_t until_tsc = tsc_now() + second_tsc;
    enum key key;

    do {
        key = keyboard_poll();
        pause();
    } while (key == KEY_NONE && tsc_now() < until_tsc);
    return key;
}

/* EXIT_AUTO: nobody wants to leave. */
static enum exit_how take_key(struct turning *turning, enum key key)
{
    turning->save_tsc = UINT64_MAX;
    switch (key) {
    case KEY_Q:
        return EXIT_POWEROFF;
    case KEY_R:
    case KEY_S:
        return EXIT_REBOOT;
    case KEY_L:
        turning->log = !turning->log && turning->end->kept->copy_count > 0;
        turning->offset = 0;
        break;
    case KEY_ESCAPE:
        turning->log = false;
        turning->number = 0;
        break;
    case KEY_C:
        turning->log = false;
        turning->number = turning->codes.count > 0 ? turning->count : 0;
        break;
    case KEY_BACK:
    case KEY_NEXT:
        turn(turning, key == KEY_BACK);
        break;
    default:
        break;
    }
    return EXIT_AUTO;
}

enum exit_how display_results(struct display *display, const struct display_end *end)
{
    struct turning turning = {.display = display,
                              .end = end,
                              .second_tsc = end->tsc_hz != 0 ? end->tsc_hz : tsc_hz_guess,
                              .save_tsc = UINT64_MAX};
    uint32_t seconds = 0;

    turning.code_version = end->kept->copy_count > 0 ? screen_code_version(&display->screen) : 0;
    if (turning.code_version != 0)
        codes_plan(&turning.codes, end->kept, qr_capacity(turning.code_version));
    if (end->saves)
        turning.save_tsc = tsc_now() + SAVE_SECONDS * turning.second_tsc;
    for (;;) {
        enum exit_how how = EXIT_AUTO;
        enum key key;

        draw(&turning);
        key = wait_for_key(turning.second_tsc);
        if (key != KEY_NONE) {
            how = take_key(&turning, key);
            seconds = 0;
        } else if (tsc_now() >= turning.save_tsc) {
            how = EXIT_REBOOT;
        } else if (++seconds >= (turning.code_shown != 0 ? CODE_SECONDS : PAGE_SECONDS)) {
            turn(&turning, false);
            seconds = 0;
        }
        if (how != EXIT_AUTO)
            return how;
    }
}
