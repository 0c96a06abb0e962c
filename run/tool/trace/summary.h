/* SPDX-License-Identifier: MIT */
/* What an import found, for people (standard output) and for later commands (import.txt, `key=value`). */
#ifndef LAB_TOOL_TRACE_SUMMARY_H
#define LAB_TOOL_TRACE_SUMMARY_H

#include "run/tool/trace/rows.h"

struct trace_summary {
    FILE *file;
    const struct trace_about *about;
    const char *version; /* the governor that replays it; NULL: none */
    const struct trace_machine *machine;
    uint64_t told, told_same;
    uint64_t passes, agreed, agreed_stop, sure, sure_agreed, unsure;
};

bool trace_summary_begin(struct trace_summary *summary, const char *folder, const struct trace_about *about,
                         const struct trace_machine *machine, const struct trace_text *text);
void trace_summary_cpu(struct trace_summary *summary, uint32_t number, const struct trace_cpu *cpu,
                       const struct trace_calibration *calibration, const struct trace_totals *totals);

/* False where the file could not be written. */
bool trace_summary_end(struct trace_summary *summary);

#endif
