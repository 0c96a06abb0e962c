/* SPDX-License-Identifier: MIT */
#include "run/log/problem.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void log_reader_complain(struct log_reader *reader, enum log_problem_kind kind, uint64_t line, uint64_t column,
                         const char *format, ...)
{
    struct log_problem problem = {.kind = kind, .line = line, .column = column};
    va_list args;
    va_start(args, format);
    vsnprintf(problem.text, sizeof(problem.text), format, args);
    va_end(args);
    reader->counts.problems[kind]++;
    reader->counts.problem_total++;
    if (reader->events.on_problem)
        reader->events.on_problem(reader->events.ctx, &problem);
}

const char *log_problem_name(enum log_problem_kind kind)
{
    static const char *const names[LOG_PROBLEM_KINDS] = {
        [LOG_PROBLEM_DAMAGED] = "damaged", [LOG_PROBLEM_GAP] = "missing", [LOG_PROBLEM_CONFLICT] = "conflict",
        [LOG_PROBLEM_SUM] = "sum",         [LOG_PROBLEM_FRAME] = "frame", [LOG_PROBLEM_REBOOT] = "reboot",
        [LOG_PROBLEM_PLAN] = "results",    [LOG_PROBLEM_JSON] = "json",   [LOG_PROBLEM_RAW] = "raw",
        [LOG_PROBLEM_CAPTURE] = "capture",
    };
    return kind < LOG_PROBLEM_KINDS ? names[kind] : "unknown";
}

void log_reader_gap(struct log_reader *r, const char *what, const struct seq_gap *gap)
{
    uint64_t count = (uint64_t)gap->last - gap->first + 1;
    char where[80];
    if (gap->line_before && gap->line_after)
        snprintf(where, sizeof(where), "between lines %" PRIu32 " and %" PRIu32, gap->line_before, gap->line_after);
    else if (gap->line_before)
        snprintf(where, sizeof(where), "after line %" PRIu32, gap->line_before);
    else if (gap->line_after)
        snprintf(where, sizeof(where), "before line %" PRIu32, gap->line_after);
    else
        snprintf(where, sizeof(where), "place unknown");
    r->counts.missing += count;
    log_reader_complain(r, LOG_PROBLEM_GAP, gap->line_before, 0, "%" PRIu64 " %s%s missing: sequence %04x to %04x, %s",
                        count, what, count == 1 ? "" : "s", gap->first, gap->last, where);
}
