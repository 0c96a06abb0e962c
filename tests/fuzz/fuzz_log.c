/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: a log is hostile input. Feeds the bytes in two pieces to the log reader and the model, then prints
 * and embeds what came of them as `show` and `report` do. Seeds: tests/golden/logs.
 */
// UNIT_EXTRA: run/log/*.c run/tool/log/*.c run/tool/model/*.c run/tool/report/[b-m]*.c run/tool/report/r[ou]*.c run/tool/report/[s-v]*.c
// UNIT_EXTRA: run/tool/cstates/[jrw]*.c run/tool/show/block_plot.c run/tool/show/header.c run/tool/show/host.c run/tool/show/rows.c
// UNIT_EXTRA: run/tool/show/brief.c run/tool/show/findings.c run/tool/show/paint.c run/tool/show/scalars.c run/tool/show/step.c run/tool/whole_file.c
// UNIT_EXTRA: run/tool/normal.c run/tool/show/table.c run/tool/show/text_table.c run/tool/show/words.c
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crc.h"
#include "run/log/reader.h"
#include "run/tool/model/record.h"
#include "run/tool/model/raw_check.h"
#include "run/tool/model/raw_points.h"
#include "run/tool/report/view.h"
#include "run/tool/show/view.h"

/* Small, so that sliding and giving up happen with small inputs. */
#define WINDOW_COUNT   64
#define LIMIT_BYTES    ((size_t)16 * 1024 * 1024)
#define JSON_CHARS_MAX 200
#define WIDTH          80

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void on_begin(void *ctx, const char *run_id)
{
    model_take_begin(ctx, run_id);
}

static void on_record(void *ctx, const struct log_item *item, uint64_t line, uint64_t column)
{
    struct model_error error;
    (void)line;
    (void)column;
    model_take_record(ctx, item, &error);
}

struct raw_taker {
    struct raw_points *points;
    struct raw_check check;
};

static void on_raw(void *ctx, struct model *model, struct model_step *step, uint64_t index,
                   const struct sample *samples, size_t count)
{
    struct raw_taker *taker = ctx;
    raw_check_take(&taker->check, model, step, 1, samples, count);
    raw_points_take(taker->points, model, step, index, samples, count);
}

static void on_plan(void *ctx, uint64_t count)
{
    model_take_plan(ctx, count);
}

static void on_verdict(void *ctx, const struct log_item *item)
{
    model_take_verdict(ctx, item);
}

static void on_end(void *ctx, enum record_result result)
{
    model_take_end(ctx, result);
}

static void print_all(struct report_log *log)
{
    struct show_view view = {.out = fopen("/dev/null", "w"), .width = WIDTH, .utf8 = true, .facts = true};
    struct report report = {.logs = log, .log_count = 1};
    if (!view.out)
        abort();
    for (size_t r = 0; r < log->model.run_count; r++) {
        struct model_run *run = &log->model.runs[r];
        struct platform platform;

        platform_of(&log->model, run, &platform);
        show_top(&view, &log->model, run, &platform);
        show_findings(&view, run, &platform);
        show_brief(&view, run, &platform);
        show_failures(&view, run);
        show_steps(&view, run);
        show_scalars(&view, run);
        show_rows(&view, run);
        show_host(&view, run);
        show_plots(&view, &log->model, run);
        show_platform(&view, &log->model, run, &platform);
        for (size_t s = 0; s < run->step_count && s < 8; s++)
            show_step(&view, &log->model, run, &run->steps[s]);
    }
    if (report_list_runs(&report)) {
        report_head(view.out, &report);
        report_bands(view.out, &report);
        report_heat(view.out, &report);
        report_provenance(view.out, &report);
        report_cstates(view.out, &report);
        report_side_by_side(view.out, &report);
        report_host(view.out, &report);
        report_steps(view.out, &report);
        report_data(view.out, &report);
    }
    report_free_runs(&report);
    fclose(view.out);
}

/* One line of an input of bodies: a record, or a verdict, with the CRC that belongs to it. */
static void feed_body(struct log_reader *reader, const char *body, size_t bytes, unsigned seq)
{
    char line[JSON_CHARS_MAX + 64];
    int length;
    bool host = bytes > 0 && body[0] == 'H';
    body += host;
    bytes -= host;
    if (bytes > JSON_CHARS_MAX)
        bytes = JSON_CHARS_MAX;
    if (bytes >= 3 && memcmp(body, "ok ", 3) == 0) {
        length = snprintf(line, sizeof(line), "%.*s ~%04x\n", (int)bytes, body, crc16_ccitt(body, bytes));
    } else {
        uint32_t crc;

        length = snprintf(line, sizeof(line), "%04x %.*s", seq, (int)bytes, body);
        crc = crc32_update(0, line, (size_t)length);
        log_reader_feed(reader, host ? "# IH " : "# IL ", 5);
        length += snprintf(line + length, sizeof(line) - (size_t)length, " *%08x\n", crc);
    }
    log_reader_feed(reader, line, (size_t)length);
}

/*
 * Random changes never keep a CRC right, so that an input which begins with 'J' is a list of bodies, one a line, and
 * gets its frame, sequence numbers and CRCs here. A body behind an 'H' is the launcher's.
 */
static void feed_bodies(struct log_reader *reader, const char *data, size_t bytes)
{
    static const char begin[] = "\nIDLELAB-BEGIN run=0123456789abcdef fmt=1\n1..3\n";
    log_reader_feed(reader, begin, sizeof(begin) - 1);
    for (unsigned seq = 0; bytes > 0; seq++) {
        const char *end = memchr(data, '\n', bytes);
        size_t n = end ? (size_t)(end - data) : bytes;
        feed_body(reader, data, n, seq);
        n += end != NULL;
        data += n;
        bytes -= n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct report_log log = {.name = "fuzz"};
    struct raw_taker taker;
    struct log_events events;
    struct log_reader *reader;

    model_init(&log.model, LIMIT_BYTES);
    taker = (struct raw_taker){.points = &log.raw};
    log.model.on_raw = on_raw;
    log.model.raw_ctx = &taker;
    events = (struct log_events){.ctx = &log.model,
                                 .on_begin = on_begin,
                                 .on_record = on_record,
                                 .on_plan = on_plan,
                                 .on_verdict = on_verdict,
                                 .on_end = on_end};
    reader = log_reader_new(&events, WINDOW_COUNT);
    if (!reader)
        abort();
    if (bytes > 0 && data[0] == 'J') {
        feed_bodies(reader, (const char *)data + 1, bytes - 1);
    } else {
        size_t first = bytes / 3;
        log_reader_feed(reader, (const char *)data, first);
        log_reader_feed(reader, (const char *)data + first, bytes - first);
    }
    log_reader_finish(reader);
    raw_check_finish(&taker.check, &log.model, reader);
    raw_check_free(&taker.check);
    print_all(&log);
    log_reader_free(reader);
    raw_points_free(&log.raw);
    model_free(&log.model);
    return 0;
}
