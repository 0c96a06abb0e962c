/* SPDX-License-Identifier: MIT */
/* Where the lines go: the serial ports. Boot CPU, never while a CPU measures. */
#ifndef LAB_EXPERIMENTS_ENGINE_CONSOLE_H
#define LAB_EXPERIMENTS_ENGINE_CONSOLE_H

#include <stdbool.h>

#include "arch/x86/console/serial.h"
#include "lib/script/cmdline.h"
#include "lib/record/record.h"

struct console {
    struct serial serial;
    bool heard; /* there is something that takes the log */
};

/*
 * Opens the port that the command line names (0xe9 without a probe: a debug port has no registers), else the first of
 * COM1 to COM4 that answers the probe; adds what it found to the stream's sinks.
 */
void console_open(struct console *console, const struct cmdline *cmdline, struct record_stream *stream);

#endif /* LAB_EXPERIMENTS_ENGINE_CONSOLE_H */
