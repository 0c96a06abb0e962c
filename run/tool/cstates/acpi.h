/* SPDX-License-Identifier: MIT */
/* What the firmware's tables say of C-states, beside the kernel's table and what was measured. */
#ifndef LAB_TOOL_CSTATES_ACPI_H
#define LAB_TOOL_CSTATES_ACPI_H

#include <stdio.h>

#include "run/tool/cstates/judge.h"

/* Nothing where the log has neither a state of ACPI nor the FADT's latencies. */
void cstates_print_acpi(const struct cstates_log *log, const struct cstates_state *states, size_t count, FILE *out,
                        size_t width);

#endif
