/* SPDX-License-Identifier: MIT */
#include "lib/record/record.h"

#include "lib/cstring.h"
#include "lib/crc.h"
#include "lib/fmt.h"

const char *const RECORD_RESULT_WORDS[] = {"PASS", "FAIL", "ERROR"};

/* What the line's record makes of the stream; done again it changes nothing. */
static void count_sent(struct record_stream *stream)
{
    stream->crc = stream->sending_crc;
    stream->next_seq = stream->sending_seq;
}

/*
 * Every sink gets each line whole. The stream's state behind the line is noted before it changes, so that a handler
 * that comes in between finds either nothing, or the line and all that belongs to it.
 */
static void send_counted(struct record_stream *stream, const char *text, size_t bytes, uint32_t crc, uint32_t seq)
{
    stream->sending_bytes = bytes;
    stream->sending_crc = crc;
    stream->sending_seq = seq;
    __atomic_store_n(&stream->sending, text, __ATOMIC_RELEASE);
    count_sent(stream);
    for (uint32_t i = 0; i < stream->sink_count; i++)
        stream->sinks[i].write(stream->sinks[i].ctx, text, bytes);
    __atomic_store_n(&stream->sending, NULL, __ATOMIC_RELEASE);
}

static void send(struct record_stream *stream, const char *text, size_t bytes)
{
    send_counted(stream, text, bytes, stream->crc, stream->next_seq);
}

void record_interrupted(struct record_stream *stream)
{
    const char *line = __atomic_load_n(&stream->sending, __ATOMIC_ACQUIRE);
    size_t bytes = stream->sending_bytes;

    if (!line)
        return;
    count_sent(stream);
    send(stream, "\n", 1);
    send(stream, line, bytes);
}

void record_init(struct record_stream *stream, char *repeat, size_t repeat_bytes)
{
    *stream = (struct record_stream){.mark = RECORD_MARK, .repeat = repeat, .repeat_bytes = repeat_bytes};
}

bool record_add_sink(struct record_stream *stream, struct record_sink sink)
{
    if (stream->sink_count == RECORD_SINKS_MAX)
        return false;
    stream->sinks[stream->sink_count++] = sink;
    return true;
}

void record_begin_run(struct record_stream *stream, uint64_t run_id)
{
    char line[RECORD_LINE_BYTES];

    stream->run_id = run_id;
    stream->next_seq = 0;
    stream->crc = 0;
    stream->refused_count = 0;
    stream->repeat_used = 0;
    /* The empty line is a line of its own: firmware may have left the cursor in mid-line. */
    send(stream, "\n", 1);
    send(stream, line, (size_t)fmt(line, sizeof(line), "IDLELAB-BEGIN run=%016lx fmt=%d\n", run_id, RECORD_FORMAT));
}

void record_flush_repeats(struct record_stream *stream)
{
    size_t at = 0;

    while (at < stream->repeat_used) {
        const char *line = stream->repeat + at;
        const char *end = strchr(line, '\n');
        size_t bytes = (size_t)(end - line) + 1;

        send(stream, line, bytes);
        at += bytes;
    }
    stream->repeat_used = 0;
}

/* Keeps a line for its second copy. */
static void keep_for_repeat(struct record_stream *stream, const char *line, size_t bytes)
{
    if (stream->repeat_used + bytes > stream->repeat_bytes)
        record_flush_repeats(stream);
    if (bytes > stream->repeat_bytes) {
        send(stream, line, bytes);
        return;
    }
    memcpy(stream->repeat + stream->repeat_used, line, bytes);
    stream->repeat_used += bytes;
}

bool record_emit(struct record_stream *stream, const char *json_text, bool twice)
{
    size_t mark_length = strlen(stream->mark);
    char line[RECORD_LINE_BYTES];
    const char *text = line + mark_length;
    size_t length = json_text ? strlen(json_text) : 0;
    int text_length;
    uint32_t crc;

    if (length == 0 || length > JSON_OBJECT_MAX) {
        stream->refused_count++;
        return false;
    }
    text_length = fmt(line, sizeof(line), "%s%04x %s", stream->mark, stream->next_seq, json_text) - (int)mark_length;
    length = mark_length + (size_t)text_length;
    length += (size_t)fmt(line + length, sizeof(line) - length, " *%08x\n", crc32_update(0, text, (size_t)text_length));
    crc = crc32_update(crc32_update(stream->crc, text, (size_t)text_length), "\n", 1);
    send_counted(stream, line, length, crc, stream->next_seq + 1);
    if (twice)
        keep_for_repeat(stream, line, length);
    return true;
}

bool record_write(struct record_stream *stream, bool twice, const char *members, ...)
{
    char buf[JSON_OBJECT_BYTES];
    struct json json;
    va_list args;

    json_begin(&json, buf, sizeof(buf));
    va_start(args, members);
    json_vadd(&json, members, args);
    va_end(args);
    return record_emit(stream, json_end(&json), twice);
}

void record_clean(char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            *text = '?';
}

void record_line(struct record_stream *stream, const char *text)
{
    static const char CUT[] = "...";
    char line[RECORD_LINE_BYTES];
    size_t length = (size_t)fmt(line, sizeof(line) - 1, "%s", text);

    if (length > sizeof(line) - 2) {
        length = sizeof(line) - 2;
        memcpy(line + length - (sizeof(CUT) - 1), CUT, sizeof(CUT));
    }
    record_clean(line);
    line[length] = '\n';
    send(stream, line, length + 1);
}

static enum record_result result_of(const struct record_stream *stream, const struct record_counts *counts)
{
    if (counts->error || stream->refused_count)
        return RECORD_ERROR;
    return counts->fail ? RECORD_FAIL : RECORD_PASS;
}

static void emit_sum(struct record_stream *stream, const struct record_counts *counts)
{
    char crc[sizeof("01234567")];

    fmt(crc, sizeof(crc), "%08x", stream->crc);
    record_write(stream, true, "t:%s pass:%u fail:%u skip:%u error:%u own:%s lines:%u crc:%s", "sum", counts->pass,
                 counts->fail, counts->skip, counts->error, counts->own_error ? "yes" : NULL, stream->next_seq, crc);
}

static void emit_refused(struct record_stream *stream)
{
    char text[80];

    fmt(text, sizeof(text), "%u records did not fit in %d characters and were not written", stream->refused_count,
        JSON_OBJECT_MAX);
    record_write(stream, true, "t:%s id:%s text:%s", "finding", "records_refused", text);
}

enum record_result record_end_run(struct record_stream *stream, const struct record_counts *counts)
{
    enum record_result result = result_of(stream, counts);
    char line[RECORD_LINE_BYTES];

    if (stream->refused_count)
        emit_refused(stream);
    emit_sum(stream, counts);
    record_flush_repeats(stream);
    fmt(line, sizeof(line), "# Totals: pass:%u fail:%u xfail:0 xpass:0 skip:%u error:%u", counts->pass, counts->fail,
        counts->skip, counts->error);
    record_line(stream, line);
    stream->ended = true;
    fmt(line, sizeof(line), "IDLELAB-END run=%016lx result=%s", stream->run_id, RECORD_RESULT_WORDS[result]);
    record_line(stream, line);
    return result;
}
