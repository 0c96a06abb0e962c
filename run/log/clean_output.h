/* SPDX-License-Identifier: MIT */
/*
 * The one place where text leaves a program for a terminal: what a log, an archive or a file's name holds may come from
 * anybody, and an escape sequence in it would move the cursor, rename the window or type for the user.
 */
#ifndef LAB_RUN_LOG_CLEAN_OUTPUT_H
#define LAB_RUN_LOG_CLEAN_OUTPUT_H

/*
 * From now on each control character (C0 but for newline and tab, DEL, C1) and each byte that is no UTF-8 is printed on
 * stdout and stderr as '?'. Call it once, before anything is printed. fileno() knows these streams no longer.
 */
void clean_output(void);

/* Clears the line of a terminal on stderr: the one sequence that is our own. */
void clean_output_clear_line(void);

#endif
