/* SPDX-License-Identifier: MIT */
/* The file of the serial bytes: of one launcher at a time, and of nobody else. */
#ifndef LAB_RUN_LAUNCH_LOG_FILE_H
#define LAB_RUN_LAUNCH_LOG_FILE_H

#include <stdio.h>

#include "run/launch/options.h"

/*
 * Opens options->log, empty, for reading and writing; it is locked until it is closed. Says where an earlier run's log
 * was in it. NULL, with one line on stderr and nothing changed: it cannot be opened, the disk is full, another launcher
 * writes it, or it is no log of ours and --force was not given.
 */
FILE *log_file_open(const struct options *options);

#endif /* LAB_RUN_LAUNCH_LOG_FILE_H */
