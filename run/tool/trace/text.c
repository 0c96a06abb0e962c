/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    NS_DIGITS = 9,
    ZLIB_BYTES = 262144,
};

enum trace_result trace_text_open(struct trace_text *text, const char *name)
{
    memset(text, 0, sizeof(*text));
    text->name = name;
    text->file = strcmp(name, "-") == 0 ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(name, "rb");
    if (!text->file) {
        snprintf(text->error, sizeof(text->error), "%s: %s", name, strerror(errno));
        return TRACE_BAD;
    }
    gzbuffer(text->file, ZLIB_BYTES);
    return TRACE_OK;
}

void trace_text_close(struct trace_text *text)
{
    if (text->file)
        gzclose(text->file);
    text->file = NULL;
}

enum trace_result trace_text_complain(struct trace_text *text, const char *what)
{
    snprintf(text->error, sizeof(text->error), "%s:%" PRIu64 ": %s", text->name, text->line, what);
    return TRACE_BAD;
}

const char *trace_format_name(enum trace_format format)
{
    static const char *const NAMES[] = {"unknown", "tracefs", "perf script", "trace-cmd report"};

    return NAMES[format];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Digits at *at, at most 18 of them; false where there are none or more. */
static bool take_digits(const char **at, uint64_t *number, uint32_t *digits)
{
    *number = 0;
    *digits = 0;
    while (is_digit(**at)) {
        if (++*digits > 18)
            return false;
        *number = *number * 10 + (uint64_t)(*(*at)++ - '0');
    }
    return *digits > 0;
}

/* Seconds, a point, 3 to 9 digits and a colon. */
static bool take_time(const char **at, int64_t *time_ns, bool *coarse)
{
    uint64_t seconds, fraction;
    uint32_t digits;

    if (!take_digits(at, &seconds, &digits) || digits > 9 || *(*at)++ != '.')
        return false;
    if (!take_digits(at, &fraction, &digits) || digits < 3 || digits > NS_DIGITS || *(*at)++ != ':')
        return false;
    *coarse = digits < NS_DIGITS;
    for (; digits < NS_DIGITS; digits++)
        fraction *= 10;
    *time_ns = (int64_t)(seconds * 1000000000 + fraction);
    return true;
}

/* The event's name behind the time: `name:` or `group:name:`, then its arguments. */
static bool take_name(struct trace_text *text, char *at, struct trace_line *line)
{
    const char *number = at;
    uint32_t digits;
    char *end;

    while (is_blank(*at))
        at++;
    number = at;
    if (take_digits(&number, &line->period, &digits) && is_blank(*number))
        at += number - at;
    else
        line->period = 0;
    while (is_blank(*at))
        at++;
    end = at;
    while (*end && !is_blank(*end))
        end++;
    if (end - at < 2 || end[-1] != ':')
        return false;
    line->arguments = *end ? end + 1 : end;
    end[-1] = 0;
    line->name = strrchr(at, ':') ? strrchr(at, ':') + 1 : at;
    if (text->format == TRACE_FORMAT_UNKNOWN)
        text->format = line->name > at ? TRACE_FORMAT_PERF : TRACE_FORMAT_TRACEFS;
    return line->name[0] != 0;
}

/* What follows a `[` may be a CPU, flags, time and name. A task's name may hold a bracket, so any of them is tried. */
static bool take_event(struct trace_text *text, char *bracket, struct trace_line *line)
{
    const char *at = bracket + 1;
    uint64_t cpu;
    uint32_t digits;

    if (!take_digits(&at, &cpu, &digits) || cpu >= TRACE_CPUS_MAX || *at++ != ']')
        return false;
    while (is_blank(*at))
        at++;
    if (!take_time(&at, &line->time_ns, &text->coarse)) {
        while (*at && !is_blank(*at))
            at++;
        while (is_blank(*at))
            at++;
        if (!take_time(&at, &line->time_ns, &text->coarse))
            return false;
    }
    line->cpu = (uint32_t)cpu;
    return take_name(text, bracket + (at - bracket), line);
}

/* `CPU:2 [LOST 17 EVENTS]`, `CPU 2: 17 EVENTS DROPPED` and their like. */
static bool take_lost(const char *at, struct trace_line *line)
{
    uint64_t cpu, count = 0;
    uint32_t digits;

    while (is_blank(*at))
        at++;
    if (strncmp(at, "CPU", 3) != 0)
        return false;
    at += 3;
    while (*at == ':' || is_blank(*at))
        at++;
    if (!take_digits(&at, &cpu, &digits) || cpu >= TRACE_CPUS_MAX)
        return false;
    if (!strstr(at, "LOST") && !strstr(at, "DROPPED"))
        return false;
    at += strcspn(at, "0123456789");
    take_digits(&at, &count, &digits);
    line->cpu = (uint32_t)cpu;
    line->lost_count = count;
    line->lost = true;
    return true;
}

/* What the lines in front tell of the format, and of events that were overwritten before anybody wrote them out. */
static void take_header(struct trace_text *text)
{
    const char *counts = strstr(text->buffer, "entries-in-buffer/entries-written:");
    unsigned long long kept, written;

    text->others++;
    if (strncmp(text->buffer, "# tracer:", 9) == 0)
        text->format = TRACE_FORMAT_TRACEFS;
    if (strncmp(text->buffer, "cpus=", 5) == 0)
        text->format = TRACE_FORMAT_TRACE_CMD;
    if (counts && sscanf(strchr(counts, ':') + 1, " %llu/%llu", &kept, &written) == 2 && written > kept)
        text->overwritten = written - kept;
}

static enum trace_result at_the_end(struct trace_text *text)
{
    int code;
    const char *why = gzerror(text->file, &code);

    text->line++;
    if (code != Z_OK && code != Z_STREAM_END)
        return trace_text_complain(text, code == Z_ERRNO       ? strerror(errno)
                                         : code == Z_BUF_ERROR ? "the packed file is cut"
                                                               : why);
    return TRACE_END;
}

enum trace_result trace_text_next(struct trace_text *text, struct trace_line *line)
{
    line->lost = false;
    while (gzgets(text->file, text->buffer, TRACE_LINE_BYTES)) {
        size_t bytes = strlen(text->buffer);
        char *bracket;

        text->line++;
        if (bytes == 0 || text->buffer[bytes - 1] != '\n')
            return trace_text_complain(text, gzeof(text->file) ? "the file is cut within this line"
                                                               : "no line of text of at most 8190 characters");
        text->buffer[--bytes] = 0;
        if (bytes > 0 && text->buffer[bytes - 1] == '\r')
            text->buffer[--bytes] = 0;
        for (bracket = strchr(text->buffer, '['); bracket; bracket = strchr(bracket + 1, '['))
            if (take_event(text, bracket, line))
                return TRACE_OK;
        if (take_lost(text->buffer, line))
            return TRACE_OK;
        take_header(text);
    }
    return at_the_end(text);
}

const char *trace_value(const char *arguments, const char *key, size_t *bytes)
{
    size_t length = strlen(key);

    for (const char *at = strstr(arguments, key); at; at = strstr(at + 1, key)) {
        if (at[length] != '=' || (at > arguments && !is_blank(at[-1]) && at[-1] != '['))
            continue;
        at += length + 1;
        *bytes = strcspn(at, " ,]\t");
        return at;
    }
    return NULL;
}

static bool digits_of(const char *at, size_t bytes, uint32_t base, uint64_t *number)
{
    *number = 0;
    if (bytes == 0 || bytes > (base == 16 ? 16u : 19u))
        return false;
    for (size_t i = 0; i < bytes; i++) {
        uint32_t digit = is_digit(at[i]) ? (uint32_t)(at[i] - '0') : 10 + ((uint32_t)at[i] | 32) - 'a';

        if (digit >= base)
            return false;
        *number = *number * base + digit;
    }
    return true;
}

bool trace_number(const char *arguments, const char *key, int64_t *number)
{
    size_t bytes;
    const char *at = trace_value(arguments, key, &bytes);
    bool negative = at && bytes > 0 && *at == '-';
    uint64_t value;
    bool good;

    if (!at)
        return false;
    if (bytes > 2 && at[0] == '0' && (at[1] | 32) == 'x')
        good = digits_of(at + 2, bytes - 2, 16, &value);
    else
        good = digits_of(at + negative, bytes - negative, 10, &value);
    if (good)
        *number = negative ? (int64_t)(0 - value) : (int64_t)value;
    return good;
}

bool trace_pointer(const char *arguments, const char *key, uint64_t *number)
{
    size_t bytes;
    const char *at = trace_value(arguments, key, &bytes);
    size_t prefix = at && bytes > 2 && at[0] == '0' && (at[1] | 32) == 'x' ? 2 : 0;

    return at && digits_of(at + prefix, bytes - prefix, 16, number);
}
