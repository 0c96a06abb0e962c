/* SPDX-License-Identifier: MIT */
#include "run/log/parts.h"

#include <inttypes.h>
#include <string.h>

enum {
    UTF16_LOOK_BYTES = 4096,
    WRAP_COLUMNS_MIN = 40,
    WRAP_COLUMNS_MAX = 200, /* a record may have more: of a whole log this is not the longest line */
    WRAP_LINES_MIN = 8,
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What a time stamp may vary in; NULL: the character stands for itself. */
static bool (*class_of(char c))(char c)
{
    return is_digit(c) ? is_digit : is_letter(c) ? is_letter : is_blank(c) ? is_blank : NULL;
}

static size_t run_end(const char *text, size_t bytes, size_t at, bool (*is)(char c))
{
    while (at < bytes && is(text[at]))
        at++;
    return at;
}

/* Where `text` goes on behind something of the same shape as the prefix; 0: it has another beginning. */
static size_t match(const struct log_capture *capture, const char *text, size_t bytes)
{
    size_t at = 0;

    for (size_t i = 0; i < capture->prefix_bytes;) {
        bool (*is)(char c) = class_of(capture->prefix[i]);

        if (at >= bytes || (is ? !is(text[at]) : text[at] != capture->prefix[i]))
            return 0;
        i = is ? run_end(capture->prefix, capture->prefix_bytes, i, is) : i + 1;
        at = is ? run_end(text, bytes, at, is) : at + 1;
    }
    return at;
}

/* What counts only at the beginning of a line (lib/record/record_line.c). */
static bool is_beginning(const char *text, size_t bytes)
{
    static const char *const words[] = {"KTAP version ", "1..", "ok ", "not ok "};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (bytes >= strlen(words[i]) && memcmp(text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

size_t log_capture_line(struct log_reader *reader, const char *text, size_t *bytes)
{
    struct log_capture *capture = &reader->capture;
    size_t at;

    if (*bytes > capture->longest) {
        capture->longest = *bytes;
        capture->longest_count = 0;
    }
    capture->longest_count += *bytes == capture->longest;
    while (*bytes > 0 && is_blank(text[*bytes - 1]))
        (*bytes)--;
    if (capture->prefix_bytes == 0 || is_beginning(text, *bytes))
        return 0;
    at = match(capture, text, *bytes);
    return is_beginning(text + at, *bytes - at) ? at : 0;
}

void log_capture_learn(struct log_reader *reader, const char *text, const struct log_item *item)
{
    struct log_capture *capture = &reader->capture;

    if (item->at == 0 || item->at > sizeof(capture->prefix) || item->kind == LOG_ITEM_DAMAGED ||
        match(capture, text, item->at) == item->at)
        return;
    memcpy(capture->prefix, text, item->at);
    capture->prefix_bytes = item->at;
}

void log_capture_bytes(struct log_reader *reader, const char *data, size_t bytes)
{
    struct log_capture *capture = &reader->capture;

    for (size_t i = 0; i < bytes && capture->looked_bytes < UTF16_LOOK_BYTES; i++, capture->looked_bytes++)
        capture->zero_bytes += data[i] == '\0';
}

void log_capture_finish(struct log_reader *reader)
{
    const struct log_capture *capture = &reader->capture;

    if (reader->counts.runs == 0 && capture->zero_bytes > capture->looked_bytes / 3)
        log_reader_complain(
            reader, LOG_PROBLEM_CAPTURE, 1, 1,
            "every second byte is 0: this is UTF-16, as PowerShell writes it; expected the bytes as they "
            "came, or UTF-8 (iconv -f UTF-16 -t UTF-8)");
    if (reader->counts.damaged >= WRAP_LINES_MIN && capture->longest >= WRAP_COLUMNS_MIN &&
        capture->longest <= WRAP_COLUMNS_MAX && capture->longest_count >= WRAP_LINES_MIN &&
        capture->longest_count >= reader->counts.damaged / 2)
        log_reader_complain(reader, LOG_PROBLEM_CAPTURE, 0, 0,
                            "no line is longer than %" PRIu64 " characters, and %" PRIu64
                            " have as many: the terminal or the program that kept the log wrapped or cut them",
                            capture->longest, capture->longest_count);
}
