/* SPDX-License-Identifier: MIT */
#include "run/log/line_stream.h"

#include <string.h>

void line_stream_init(struct line_stream *stream, void (*on_line)(void *, const char *, size_t, uint64_t, uint64_t),
                      void *ctx)
{
    stream->on_line = on_line;
    stream->ctx = ctx;
    line_stream_restart(stream, 1, 0);
}

void line_stream_restart(struct line_stream *stream, uint64_t line, uint64_t offset)
{
    stream->held_bytes = 0;
    stream->line = line;
    stream->column = 1;
    stream->offset = offset;
}

static void hand_out(struct line_stream *stream, const char *text, size_t bytes)
{
    while (bytes > 0 && text[bytes - 1] == '\r')
        bytes--;
    stream->on_line(stream->ctx, text, bytes, stream->line, stream->column);
}

/* Collects part of a line that has no end yet. */
static void hold(struct line_stream *stream, const char *data, size_t bytes)
{
    while (bytes > 0) {
        size_t room = sizeof(stream->buffer) - stream->held_bytes;
        size_t n = bytes < room ? bytes : room;
        size_t gone;

        memcpy(stream->buffer + stream->held_bytes, data, n);
        stream->held_bytes += n;
        data += n;
        bytes -= n;
        if (stream->held_bytes < sizeof(stream->buffer))
            continue;
        stream->on_line(stream->ctx, stream->buffer, stream->held_bytes, stream->line, stream->column);
        gone = stream->held_bytes - LINE_OVERLAP_BYTES;
        memmove(stream->buffer, stream->buffer + gone, LINE_OVERLAP_BYTES);
        stream->held_bytes = LINE_OVERLAP_BYTES;
        stream->column += gone;
    }
}

void line_stream_feed(struct line_stream *stream, const char *data, size_t bytes)
{
    while (bytes > 0) {
        const char *newline = memchr(data, '\n', bytes);
        size_t n = newline ? (size_t)(newline - data) : bytes;
        size_t in_line = n;
        if (newline && stream->held_bytes == 0 && n <= sizeof(stream->buffer)) {
            hand_out(stream, data, n);
        } else {
            hold(stream, data, n);
            in_line = stream->held_bytes;
            if (newline)
                hand_out(stream, stream->buffer, in_line);
        }
        if (newline) {
            line_stream_restart(stream, stream->line + 1, stream->offset + stream->column + in_line);
            n++;
        }
        data += n;
        bytes -= n;
    }
}

void line_stream_flush(struct line_stream *stream)
{
    if (stream->held_bytes > 0)
        hand_out(stream, stream->buffer, stream->held_bytes);
    stream->column += stream->held_bytes;
    stream->held_bytes = 0;
}
