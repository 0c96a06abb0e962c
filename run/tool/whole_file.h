/* SPDX-License-Identifier: MIT */
#ifndef LAB_RUN_TOOL_WHOLE_FILE_H
#define LAB_RUN_TOOL_WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes `count` bytes as the file `name`, which nobody ever sees half written: they go beside it and are renamed.
 * Where that fails (errno says why) the file is as it was, and nothing is left beside it. What is no file (a device, a
 * pipe) is written to as it is.
 */
bool whole_file_write(const char *name, const void *bytes, size_t count);

#endif /* LAB_RUN_TOOL_WHOLE_FILE_H */
