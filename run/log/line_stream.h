/* SPDX-License-Identifier: MIT */
/*
 * Cuts a stream of bytes into lines in bounded memory: LF, CR LF and CR CR LF end a line. Host only.
 *
 * A line longer than the buffer is handed out in pieces; each piece begins with the last LINE_OVERLAP_BYTES of the one
 * before, so that whatever stands on a border is whole in one of them.
 */
#ifndef LAB_RUN_LOG_LINE_STREAM_H
#define LAB_RUN_LOG_LINE_STREAM_H

#include <stddef.h>
#include <stdint.h>

#define LINE_BUFFER_BYTES  65536 /* longer than an answer of QEMU's machine protocol */
#define LINE_OVERLAP_BYTES 1024  /* longer than any record, frame line or verdict */

struct line_stream {
    /* Takes one line or piece: `line` counts from 1, `column` is that of text[0], from 1. */
    void (*on_line)(void *ctx, const char *text, size_t bytes, uint64_t line, uint64_t column);
    void *ctx;
    char buffer[LINE_BUFFER_BYTES];
    size_t held_bytes;
    uint64_t line;   /* number of the line that is being collected, from 1 */
    uint64_t column; /* column of buffer[0], from 1 */
    uint64_t offset; /* of that line's first byte in the stream */
};

/* Prepares an empty stream. */
void line_stream_init(struct line_stream *stream, void (*on_line)(void *, const char *, size_t, uint64_t, uint64_t),
                      void *ctx);

/* Forgets what stands after the last newline: the next byte is the first of line `line`, at `offset` in the stream. */
void line_stream_restart(struct line_stream *stream, uint64_t line, uint64_t offset);

/* Takes the next bytes and calls on_line for every line that they end. */
void line_stream_feed(struct line_stream *stream, const char *data, size_t bytes);

/* Hands out what stands after the last newline, if anything does. */
void line_stream_flush(struct line_stream *stream);

#endif
