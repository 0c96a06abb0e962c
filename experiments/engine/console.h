/* SPDX-License-Identifier: MIT */
/* Where the lines go: a serial port, and a text screen as second sink. Boot CPU, never while a CPU measures. */
#ifndef LAB_EXPERIMENTS_ENGINE_CONSOLE_H
#define LAB_EXPERIMENTS_ENGINE_CONSOLE_H

#include <stdbool.h>

#include "arch/x86/console/serial.h"
#include "arch/x86/console/vga.h"
#include "lib/boot_info.h"
#include "lib/script/cmdline.h"
#include "lib/record/record.h"

struct console {
    struct serial serial;
    struct vga vga;
    bool screen;
};

/*
 * Opens the port that the command line names (0xe9 without a probe: a debug port has no registers), else the first of
 * COM1 to COM4 that answers the probe, and the screen where it is wanted and there; adds what it found to the stream's
 * sinks.
 */
void console_open(struct console *console, const struct cmdline *cmdline, const struct boot_info *boot,
                  struct record_stream *stream);

#endif /* LAB_EXPERIMENTS_ENGINE_CONSOLE_H */
