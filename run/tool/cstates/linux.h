/* SPDX-License-Identifier: MIT */
/* The idle states of a log that was taken inside Linux: the kernel's own table and counts, and latencies by state. */
#ifndef LAB_TOOL_CSTATES_LINUX_H
#define LAB_TOOL_CSTATES_LINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "run/tool/model/model.h"

/* True where the run was inside Linux; then there is nothing else to print. */
bool cstates_print_linux(struct model *model, const struct model_run *run, FILE *out, size_t width);

#endif
