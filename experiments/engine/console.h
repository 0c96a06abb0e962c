/* SPDX-License-Identifier: MIT */
/* Where the lines go: serial ports or a debug port. Boot CPU, never while a CPU measures. */
#ifndef LAB_EXPERIMENTS_ENGINE_CONSOLE_H
#define LAB_EXPERIMENTS_ENGINE_CONSOLE_H

#include <stdbool.h>

#include "arch/x86/acpi/acpi.h"
#include "arch/x86/console/serial.h"
#include "lib/script/cmdline.h"
#include "lib/record/record.h"

struct console {
    struct serial serial;
    bool debug_port; /* E9h is one of the sinks */
    bool heard;      /* there is something that takes the log */
    uint32_t absent; /* bit i: nothing answered at the i-th port that the command line names */
};

/*
 * Opens the ports that the command line names (0xe9 without a probe: a debug port has no registers). Where it names
 * none, or none of them answers, the firmware's console (SPCR); where there is none, all ports that answer; where none
 * does, Xen's own console. What was opened is added to the stream's sinks.
 */
void console_open(struct console *console, const struct cmdline *cmdline, const struct boot_info *boot,
                  const struct acpi_info *acpi, struct record_stream *stream);

/* Records which ports the log goes to, and which were wanted and are not there. */
void console_say(const struct console *console, const struct cmdline *cmdline, const struct acpi_info *acpi,
                 struct record_stream *stream);

/* At the end of a run: a finding for each port that stopped taking bytes. */
void console_say_dropped(const struct console *console, struct record_stream *stream);

#endif /* LAB_EXPERIMENTS_ENGINE_CONSOLE_H */
