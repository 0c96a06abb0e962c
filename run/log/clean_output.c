/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "run/log/clean_output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 64, OUT_BYTES = 1 << 16, LAST_ASCII = 0x7f };

struct output {
    int fd;
    unsigned char held[4]; /* a character of several bytes, as far as it has come */
    size_t held_bytes, held_of;
    size_t used;
    unsigned char text[OUT_BYTES + BLOCK_BYTES];
};

static bool is_plain(unsigned char byte)
{
    return (byte >= ' ' && byte < LAST_ASCII) || byte == '\n' || byte == '\t';
}

/* True where a whole block is plain; without a branch a byte, for gigabytes of samples go this way. */
static bool block_is_plain(const unsigned char *block)
{
    unsigned wrong = 0;
    for (int i = 0; i < BLOCK_BYTES; i++)
        wrong |= (unsigned)((unsigned char)(block[i] - ' ') >= LAST_ASCII - ' ') &
                 (unsigned)((block[i] != '\n') & (block[i] != '\t'));
    return !wrong;
}

/* How many bytes the UTF-8 character has that this one begins; 0: it begins none. */
static size_t utf8_bytes(unsigned char lead)
{
    return lead >= 0xc2 && lead <= 0xdf ? 2 : (lead & 0xf0) == 0xe0 ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* True where `byte` may follow: no C1 control, no longer form than need be, no surrogate. */
static bool goes_on(const struct output *output, unsigned char byte)
{
    static const struct {
        unsigned char lead, low, high;
    } seconds[] = {{0xc2, 0xa0, 0xbf}, {0xe0, 0xa0, 0xbf}, {0xed, 0x80, 0x9f}, {0xf0, 0x90, 0xbf}, {0xf4, 0x80, 0x8f}};
    if (output->held_bytes == 1)
        for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
            if (output->held[0] == seconds[i].lead)
                return byte >= seconds[i].low && byte <= seconds[i].high;
    return (byte & 0xc0) == 0x80;
}

static void put(struct output *output, const void *bytes, size_t count)
{
    memcpy(output->text + output->used, bytes, count);
    output->used += count;
}

static void take(struct output *output, unsigned char byte)
{
    if (output->held_bytes && goes_on(output, byte)) {
        output->held[output->held_bytes++] = byte;
        if (output->held_bytes == output->held_of) {
            put(output, output->held, output->held_of);
            output->held_bytes = 0;
        }
        return;
    }
    if (output->held_bytes)
        put(output, "?", 1);
    output->held_bytes = 0;
    output->held_of = utf8_bytes(byte);
    if (output->held_of)
        output->held[output->held_bytes++] = byte;
    else
        put(output, is_plain(byte) ? (const void *)&byte : "?", 1);
}

static bool send(struct output *output)
{
    size_t sent = 0;
    while (sent < output->used) {
        ssize_t n = write(output->fd, output->text + sent, output->used - sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        sent += (size_t)n;
    }
    output->used = 0;
    return sent > 0;
}

static ssize_t write_clean(void *cookie, const char *bytes, size_t count)
{
    struct output *output = cookie;
    const unsigned char *at = (const unsigned char *)bytes, *end = at + count;
    bool good = true;
    while (at < end && good) {
        if (end - at >= BLOCK_BYTES && !output->held_bytes && block_is_plain(at)) {
            put(output, at, BLOCK_BYTES);
            at += BLOCK_BYTES;
        } else {
            take(output, *at++);
        }
        if (output->used > OUT_BYTES - BLOCK_BYTES)
            good = send(output);
    }
    if (good && output->used > 0)
        good = send(output);
    return good ? (ssize_t)count : 0;
}

static FILE *open_clean(struct output *output, int fd, int mode)
{
    FILE *file;
    output->fd = fd;
    file = fopencookie(output, "w", (cookie_io_functions_t){.write = write_clean});
    if (file)
        setvbuf(file, NULL, mode, mode == _IONBF ? 0 : BUFSIZ);
    return file;
}

void clean_output(void)
{
    static struct output out, err;
    FILE *clean_out = open_clean(&out, STDOUT_FILENO, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF);
    FILE *clean_err = open_clean(&err, STDERR_FILENO, _IONBF);
    if (clean_out)
        stdout = clean_out;
    if (clean_err)
        stderr = clean_err;
}

void clean_output_clear_line(void)
{
    static const char sequence[] = "\r\033[K";
    ssize_t written = write(STDERR_FILENO, sequence, sizeof(sequence) - 1);
    (void)written; /* a terminal that is gone */
}
