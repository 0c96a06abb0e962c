/* SPDX-License-Identifier: MIT */
/* What an emulator wrote about its own end, searched in its log file. */
#ifndef LAB_RUN_LAUNCH_EMULATOR_LOG_H
#define LAB_RUN_LAUNCH_EMULATOR_LOG_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies the last line of file `path` that contains `needle` ("" = any line that is not empty) into `line`, cut to
 * `room` - 1 characters. False when there is none or the file cannot be read; `line` is then empty.
 */
bool emulator_log_find(const char *path, const char *needle, char *line, size_t room);

/* True when QEMU (-d cpu_reset) or Bochs reports a triple fault; `line` as above. */
bool emulator_log_triple_fault(const char *path, char *line, size_t room);

/* True when Bochs reports a panic; `line` as above. */
bool emulator_log_panic(const char *path, char *line, size_t room);

/* True when Xen's log, copied by xen_guest, says that Xen's watchdog ended the guest; `line` as above. */
bool emulator_log_watchdog(const char *path, char *line, size_t room);

#endif /* LAB_RUN_LAUNCH_EMULATOR_LOG_H */
