/* SPDX-License-Identifier: MIT */
/* `idlelab trace import`: one recording into one folder of rows. */
#ifndef LAB_TOOL_TRACE_IMPORT_H
#define LAB_TOOL_TRACE_IMPORT_H

#include <stdint.h>

struct trace_request {
    const char *output;
    const char *table, *timers, *kernel, *governor; /* NULL: from the recording */
    uint32_t hz;                                    /* 0: from the recording */
};

/* Imports a folder of record-idle, or a trace alone. Returns an enum tool_exit (run/tool/log/load.h). */
int trace_import(const struct trace_request *request, const char *input, const char *output);

#endif
