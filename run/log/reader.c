/* SPDX-License-Identifier: MIT */
#include "run/log/reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "lib/json_field.h"
#include "run/log/parts.h"

/* The launcher's records come in order, so that a small window suffices. */
#define HOST_WINDOW_COUNT 1024

/* Position of the line that is being read. */
struct place {
    uint64_t line, column;
};

static void on_gap(void *ctx, const struct seq_gap *gap)
{
    struct log_reader *reader = ctx;

    if (reader->counts.partial)
        reader->counts.missing += (uint64_t)gap->last - gap->first + 1;
    else
        log_reader_gap(reader, "record", gap);
}

static void on_host_gap(void *ctx, const struct seq_gap *gap)
{
    log_reader_gap(ctx, "host record", gap);
}

static void finish_frame(struct log_reader *r, uint64_t line)
{
    const char *phase = log_run_phase(&r->run);

    if (!r->run.ended)
        log_reader_complain(r, LOG_PROBLEM_FRAME, line, 0,
                            "no IDLELAB-END: the log of run %s stops at line %" PRIu64 "%s%s",
                            r->run.run_id[0] ? r->run.run_id : "(unknown)", line,
                            phase ? ", while the machine was brought up, in phase " : "", phase ? phase : "");
}

/* Checks a run that is over. `line` is the last line that was read. */
static void finish_run(struct log_reader *r, uint64_t line)
{
    struct log_run *run = &r->run;
    if (!run->open)
        return;
    if (!run->begun)
        log_reader_complain(r, LOG_PROBLEM_FRAME, 1, 1, "no IDLELAB-BEGIN before the first record");
    seq_window_finish(&r->window, run->has_sum ? run->sum_seq + 1 : 0);
    seq_window_finish(&r->host_window, 0);
    log_results_finish(r);
    if (!log_join_ends(r, line)) {
        log_sum_check(r);
        finish_frame(r, line);
    }
    memset(run, 0, sizeof(*run));
    seq_window_reset(&r->window);
    seq_window_reset(&r->host_window);
}

/* Begins a new run, not another machine of the same run. */
static void begin_run(struct log_reader *r, const struct log_item *item, struct place at)
{
    struct log_run *run = &r->run;
    if (run->open)
        log_reader_complain(r, LOG_PROBLEM_REBOOT, at.line, at.column,
                            "a second IDLELAB-BEGIN (run %s) %s: the machine booted again", item->run_id,
                            run->ended ? "after the END of the run before" : "before the END of the run before");
    finish_run(r, at.line);
    run->open = run->begun = true;
    run->begin_line = at.line;
    memcpy(run->run_id, item->run_id, sizeof(run->run_id));
    r->counts.runs++;
}

/* True where the consumer drops all that the machine writes which begins here. */
static bool goes_deaf(struct log_reader *r, struct place at)
{
    bool reboot = r->run.begun && !r->run.waits;
    r->deaf = reboot && r->events.on_reboot && r->events.on_reboot(r->events.ctx);
    r->reboot_at = r->stream.offset + at.column - 1;
    return r->deaf;
}

static void take_begin(struct log_reader *r, const struct log_item *item, struct place at)
{
    struct log_run *run = &r->run;
    /* In virtual time, machines that do the same have the same run identifier. */
    if (!run->waits && run->begun && strcmp(run->run_id, item->run_id) == 0) {
        r->counts.repeats++;
        return;
    }
    if (run->waits)
        log_join_begin(r, item->run_id);
    else
        begin_run(r, item, at);
    if (item->format != 1)
        log_reader_complain(r, LOG_PROBLEM_FRAME, at.line, at.column, "expected fmt=1, found fmt=%" PRIu64,
                            item->format);
    if (r->events.on_begin)
        r->events.on_begin(r->events.ctx, run->run_id);
}

static void take_end(struct log_reader *r, const struct log_item *item, struct place at)
{
    struct log_run *run = &r->run;
    run->open = true;
    if (run->begun && strcmp(run->run_id, item->run_id) != 0)
        log_reader_complain(r, LOG_PROBLEM_FRAME, at.line, at.column,
                            "expected the END of run %s, found that of run %s", run->run_id, item->run_id);
    if (run->ended && item->result != run->end_result)
        log_reader_complain(r, LOG_PROBLEM_FRAME, at.line, at.column, "a second END says another result");
    if (run->ended)
        return;
    run->ended = true;
    run->end_result = item->result;
    run->result = run->joined && item->result == RECORD_PASS ? RECORD_FAIL : item->result;
    if (r->events.on_end)
        r->events.on_end(r->events.ctx, run->result);
}

/* A record of the image or of the launcher; the launcher's have their own sequence and are not part of the sum. */
static void take_record(struct log_reader *r, const struct log_item *item, struct place at)
{
    bool host = item->kind == LOG_ITEM_HOST;
    r->run.open = true;
    switch (
        seq_window_put(host ? &r->host_window : &r->window, item->seq, item->crc_computed, item->text_bytes, at.line)) {
    case SEQ_REPEAT:
        r->counts.repeats++;
        return;
    case SEQ_TOO_LATE:
        r->counts.late++;
        return;
    case SEQ_CONFLICT:
        log_reader_complain(r, LOG_PROBLEM_CONFLICT, at.line, at.column,
                            "%ssequence %04x has come before with another text", host ? "host " : "", item->seq);
        return;
    case SEQ_NEW:
        break;
    }
    if (host) {
        r->counts.host_records++;
        log_join_take(r, item, at.line, at.column);
        r->counts.partial |= json_field_is(item->json, item->json_bytes, "t", "partial");
    } else {
        r->counts.records++;
        log_sum_take(r, item, at.line);
        log_results_resumed(r, item);
        log_results_phase(r, item);
    }
    if (r->events.on_record)
        r->events.on_record(r->events.ctx, item, at.line, at.column);
}

static uint32_t zlib_crc32(uint32_t crc, const void *data, size_t bytes)
{
    return (uint32_t)crc32(crc, data, (unsigned)bytes);
}

/* What is found by its mark, anywhere in a line. */
static bool is_marked(const struct log_item *item)
{
    return item->kind == LOG_ITEM_RECORD || item->kind == LOG_ITEM_HOST || item->kind == LOG_ITEM_BEGIN;
}

static void on_line(void *ctx, const char *text, size_t bytes, uint64_t line, uint64_t column)
{
    struct log_reader *r = ctx;
    struct log_item item;
    size_t begin;

    if (r->deaf)
        return;
    r->counts.lines = line;
    if (r->events.on_line)
        r->events.on_line(r->events.ctx, text, bytes);
    log_damage_line(r, text, bytes, line);
    begin = log_capture_line(r, text, &bytes);
    for (size_t from = begin; from < bytes; from = item.after) {
        struct place at;

        record_line_next(text, bytes, from, zlib_crc32, &item);
        if (from == begin && is_marked(&item))
            log_capture_learn(r, text, &item);
        at = (struct place){line, column + item.at};
        if (item.kind == LOG_ITEM_BEGIN && goes_deaf(r, at))
            return;
        log_damage_next(r, &item, line);
        switch (item.kind) {
        case LOG_ITEM_RECORD:
        case LOG_ITEM_HOST:
            take_record(r, &item, at);
            break;
        case LOG_ITEM_BEGIN:
            take_begin(r, &item, at);
            break;
        case LOG_ITEM_END:
            take_end(r, &item, at);
            break;
        case LOG_ITEM_PLAN:
            log_results_plan(r, &item, line, at.column);
            break;
        case LOG_ITEM_VERDICT:
            log_results_take(r, &item, line, at.column);
            break;
        case LOG_ITEM_DAMAGED:
            log_damage_hold(r, &item, line, at.column, column + item.bad_at);
            if (item.at == 0)
                log_damage_torn(r, text, bytes);
            break;
        case LOG_ITEM_VERSION:
        case LOG_ITEM_NONE:
            break;
        }
    }
}

struct log_reader *log_reader_new(const struct log_events *events, uint32_t window_count)
{
    struct log_reader *r = calloc(1, sizeof(*r));
    if (!r)
        return NULL;
    r->events = *events;
    line_stream_init(&r->stream, on_line, r);
    if (!seq_window_init(&r->window, window_count, on_gap, r) ||
        !seq_window_init(&r->host_window, HOST_WINDOW_COUNT, on_host_gap, r)) {
        log_reader_free(r);
        return NULL;
    }
    return r;
}

void log_reader_feed(struct log_reader *reader, const char *data, size_t bytes)
{
    log_capture_bytes(reader, data, bytes);
    line_stream_feed(&reader->stream, data, bytes);
}

void log_reader_go_back(struct log_reader *reader, uint64_t offset)
{
    reader->deaf = false;
    line_stream_restart(&reader->stream, reader->counts.lines - (offset < reader->reboot_at), offset);
}

void log_reader_flush(struct log_reader *reader)
{
    line_stream_flush(&reader->stream);
}

void log_reader_finish(struct log_reader *reader)
{
    log_reader_flush(reader);
    log_damage_tell(reader);
    log_capture_finish(reader);
    if (!reader->run.open && reader->counts.runs == 0)
        log_reader_complain(reader, LOG_PROBLEM_FRAME, 1, 1, "expected IDLELAB-BEGIN, found no line of idlelab at all");
    finish_run(reader, reader->counts.lines);
}

bool log_reader_at_end(const struct log_reader *reader)
{
    return reader->run.ended || reader->run.closed;
}

void log_reader_free(struct log_reader *reader)
{
    if (!reader)
        return;
    seq_window_free(&reader->window);
    seq_window_free(&reader->host_window);
    free(reader);
}
