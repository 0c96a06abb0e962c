/* SPDX-License-Identifier: MIT */
/*
 * A recorded trace as text, line by line: tracefs' own (`trace`, `trace_pipe`), `perf script --ns`, `trace-cmd report
 * -t`. Packed by gzip or not. A line is read whole or refused; nothing is kept of it.
 */
#ifndef LAB_TOOL_TRACE_TEXT_H
#define LAB_TOOL_TRACE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TRACE_LINE_BYTES = 8192,
    TRACE_ERROR_BYTES = 400,
    TRACE_CPUS_MAX = 8192,
};

enum trace_format {
    TRACE_FORMAT_UNKNOWN,
    TRACE_FORMAT_TRACEFS,
    TRACE_FORMAT_PERF,
    TRACE_FORMAT_TRACE_CMD,
};

struct trace_text {
    void *file; /* zlib's */
    const char *name;
    uint64_t line; /* of what was read last, from 1 */
    enum trace_format format;
    uint64_t overwritten; /* events that were gone before the text was written */
    uint64_t others;      /* lines that are no event */
    bool coarse;          /* time stamps are of whole microseconds */
    char buffer[TRACE_LINE_BYTES];
    char error[TRACE_ERROR_BYTES];
};

/* One event as it stands there; the pointers lead into the text's buffer. */
struct trace_line {
    uint32_t cpu;
    int64_t time_ns;
    const char *name; /* without the group, with a NUL behind it */
    char *arguments;
    uint64_t period;     /* perf: the number before the name; 0 for none */
    bool lost;           /* no event: events of this CPU were lost here */
    uint64_t lost_count; /* of them, 0 where nobody says */
};

enum trace_result {
    TRACE_OK,
    TRACE_END,
    TRACE_BAD, /* text->error says why, with file and line */
};

/* Opens `name`, - for standard input. TRACE_OK or TRACE_BAD. */
enum trace_result trace_text_open(struct trace_text *text, const char *name);
void trace_text_close(struct trace_text *text);

/* The next event or gap. Other lines are skipped; a file that is cut within a line, or is no text, is refused. */
enum trace_result trace_text_next(struct trace_text *text, struct trace_line *line);

/* Writes a complaint about the line that was read last; always TRACE_BAD. */
enum trace_result trace_text_complain(struct trace_text *text, const char *what);

const char *trace_format_name(enum trace_format format);

/*
 * The value of `key=` among the arguments: up to the next blank, comma or bracket. NULL where there is none; *bytes is
 * its length.
 */
const char *trace_value(const char *arguments, const char *key, size_t *bytes);

/* The same as a number, decimal or hexadecimal with 0x; false where there is none. Pointers hashed by tracefs come as
 * hexadecimal without it: trace_pointer(). */
bool trace_number(const char *arguments, const char *key, int64_t *number);
bool trace_pointer(const char *arguments, const char *key, uint64_t *number);

#endif
