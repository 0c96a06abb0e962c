/* SPDX-License-Identifier: MIT */
/* The pattern that a trace gives: the timer and the wake of each of its rows. */
#include "lib/cstring.h"
#include "lib/pattern.h"

enum {
    FIELD_TIMER = 1, /* next_timer_ns */
    FIELD_WAKE = 4,  /* wake_ns */
    FIELD_COUNT = 9,
    WORK_NS = 2000,
};

static const char header[] = "period,next_timer_ns,tick_ns,latency_ns,wake_ns,";

/* A row's two distances; false where the line is no row. *bytes is the line's length, its end not counted. */
static bool read_row(const char *text, size_t limit, size_t *bytes, int64_t *timer_ns, int64_t *row_wake_ns)
{
    int64_t number = 0;
    uint32_t field = 0;
    bool negative = false;

    for (*bytes = 0;; (*bytes)++) {
        char c = *bytes < limit ? text[*bytes] : '\n';

        if (c >= '0' && c <= '9' && number < INT64_MAX / 16)
            number = number * 10 + (c - '0');
        if (c == '-')
            negative = true;
        if (c != ',' && c != '\n')
            continue;
        if (field == FIELD_TIMER)
            *timer_ns = negative ? -number : number;
        if (field == FIELD_WAKE)
            *row_wake_ns = negative ? -number : number;
        field++;
        number = 0;
        negative = false;
        if (c == '\n')
            return field == FIELD_COUNT;
    }
}

bool pattern_is_trace(const char *text, size_t bytes)
{
    return bytes >= sizeof(header) - 1 && memcmp(text, header, sizeof(header) - 1) == 0;
}

const char *pattern_trace_open(const char *text, size_t bytes, struct pattern_spec *spec)
{
    int64_t timer_ns, row_wake_ns;
    size_t line_bytes = 0, rows = 0;

    if (!pattern_is_trace(text, bytes))
        return "the module does not begin with the header of a trace";
    while (line_bytes < bytes && text[line_bytes] != '\n')
        line_bytes++;
    spec->rows = text + line_bytes + (line_bytes < bytes);
    spec->rows_bytes = bytes - (size_t)(spec->rows - text);
    for (size_t at = 0; at < spec->rows_bytes; at += line_bytes + 1, rows++)
        if (!read_row(spec->rows + at, spec->rows_bytes - at, &line_bytes, &timer_ns, &row_wake_ns))
            return "a row of the trace has not nine fields";
    return rows ? NULL : "the trace has no row";
}

/* Limits a time to 0 to the timeout, so that every wait ends. */
static uint64_t bounded(int64_t time_ns)
{
    if (time_ns < 0)
        return 0;
    return (uint64_t)time_ns < PATTERN_TIMEOUT_NS ? (uint64_t)time_ns : PATTERN_TIMEOUT_NS;
}

void pattern_trace_next(const struct pattern_spec *spec, size_t *at, struct pattern_event *event)
{
    int64_t timer_ns = 0, row_wake_ns = 0;
    size_t bytes;

    if (*at >= spec->rows_bytes)
        *at = 0;
    read_row(spec->rows + *at, spec->rows_bytes - *at, &bytes, &timer_ns, &row_wake_ns);
    *at += bytes + 1;
    event->timer_ns = bounded(timer_ns);
    event->wake_ns = row_wake_ns < timer_ns ? bounded(row_wake_ns) : PATTERN_NEVER;
    event->work_ns = WORK_NS;
}
