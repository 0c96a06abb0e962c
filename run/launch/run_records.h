/* SPDX-License-Identifier: MIT */
/* The `# IL` records of a run: their check (CRC, sequence, sum) and what the launcher wants to know from them. */
#ifndef LAB_RUN_LAUNCH_RUN_RECORDS_H
#define LAB_RUN_LAUNCH_RUN_RECORDS_H

#include <stddef.h>

#include "run/launch/run_log.h"

/* Notes damage or loss in the log; the text of the first one is kept. printf-like. */
__attribute__((format(printf, 2, 3))) void run_log_problem(struct run_log *log, const char *format, ...);

/* Takes a line that begins with `# IL `. */
void run_records_line(struct run_log *log, const char *line, size_t bytes);

#endif /* LAB_RUN_LAUNCH_RUN_RECORDS_H */
