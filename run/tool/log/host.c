/* SPDX-License-Identifier: MIT */
#include "run/tool/log/host.h"

#include "run/tool/log/join.h"
#include "run/tool/log/problem.h"

/* The records come in order, so a small window suffices. */
#define WINDOW_COUNT 1024

static void on_gap(void *ctx, const struct seq_gap *gap)
{
    log_reader_gap(ctx, "host record", gap);
}

bool log_host_init(struct log_reader *reader)
{
    if (!seq_window_init(&reader->host_window, WINDOW_COUNT))
        return false;
    reader->host_window.on_gap = on_gap;
    reader->host_window.gap_ctx = reader;
    return true;
}

void log_host_take(struct log_reader *reader, const struct log_item *item, uint64_t line, uint64_t column)
{
    reader->run.open = true;
    switch (seq_window_put(&reader->host_window, item->seq, item->crc_computed, item->text_bytes, line)) {
    case SEQ_REPEAT:
        reader->counts.repeats++;
        return;
    case SEQ_TOO_LATE:
        reader->counts.late++;
        return;
    case SEQ_CONFLICT:
        log_reader_complain(reader, LOG_PROBLEM_CONFLICT, line, column,
                            "host sequence %04x has come before with another text", item->seq);
        return;
    case SEQ_NEW:
        break;
    }
    reader->counts.host_records++;
    if (log_join_is(item))
        log_join_take(reader, item, line, column);
    if (reader->events.on_record)
        reader->events.on_record(reader->events.ctx, item, line, column);
}

void log_host_finish(struct log_reader *reader)
{
    seq_window_finish(&reader->host_window, 0);
    seq_window_reset(&reader->host_window);
}
