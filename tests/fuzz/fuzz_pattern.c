/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: a boot module is a hostile trace, and a word of the script a hostile pattern. The first byte of the
 * input chooses: odd, and the rest is the trace behind its header; even, and it is the pattern. No wait is longer than
 * the timeout, and where `idlelab replay` takes each line as a row, the image takes the same rows with the same times.
 */
// UNIT_EXTRA: run/tool/replay/csv.c run/tool/replay/line.c
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/pattern.h"
#include "run/tool/replay/csv.h"

#define HEADER "period,next_timer_ns,tick_ns,latency_ns,wake_ns,cause,resched,reject,exit_pct\n"

enum { ROWS_MAX = 256, INPUT_MAX = 8192, EVENTS = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Whatever a device does, the load's timeout ends the wait. */
static void check_event(const struct pattern_event *event)
{
    require(event->timer_ns <= PATTERN_TIMEOUT_NS && event->work_ns <= PATTERN_TIMEOUT_NS);
}

/* The rows that replay reads; -1 where one of the lines is none. */
static int replay_rows(char *text, size_t bytes, struct replay_row *rows)
{
    FILE *file = fmemopen(text, bytes, "r");
    enum replay_csv_result result;
    struct replay_csv csv;
    int count = 0;

    require(file != NULL);
    replay_csv_open(&csv, file, "trace");
    result = replay_csv_trace(&csv);
    while (result == REPLAY_CSV_OK && count < ROWS_MAX) {
        result = replay_csv_row(&csv, &rows[count]);
        count += result == REPLAY_CSV_OK;
    }
    if (csv.line != (uint64_t)count + 1)
        result = REPLAY_CSV_BAD; /* it passed over an empty line or a comment, which the image does not know */
    fclose(file);
    return result == REPLAY_CSV_END ? count : -1;
}

static uint64_t bounded(int64_t time_ns)
{
    if (time_ns < 0)
        return 0;
    return (uint64_t)time_ns < PATTERN_TIMEOUT_NS ? (uint64_t)time_ns : PATTERN_TIMEOUT_NS;
}

static void check_trace(const uint8_t *data, size_t data_bytes)
{
    static struct replay_row rows[ROWS_MAX];
    size_t bytes = sizeof(HEADER) - 1 + data_bytes, at = 0;
    struct pattern_spec spec = {.kind = PATTERN_TRACE};
    char *text = malloc(bytes); /* just as long, so that a read beyond its end is seen */
    struct pattern_event event;
    int count;

    require(text != NULL);
    memcpy(text, HEADER, sizeof(HEADER) - 1);
    memcpy(text + sizeof(HEADER) - 1, data, data_bytes);
    count = replay_rows(text, bytes, rows);
    require(pattern_is_trace(text, bytes));
    if (pattern_trace_open(text, bytes, &spec)) {
        require(count <= 0);
    } else {
        for (int i = 0; i < (count > 0 ? 2 * count : EVENTS); i++) {
            pattern_trace_next(&spec, &at, &event);
            require(at > 0 && at <= spec.rows_bytes + 1);
            check_event(&event);
            if (count > 0) {
                const struct replay_row *row = &rows[i % count];

                require(event.timer_ns == bounded(row->next_timer_ns));
                require(event.wake_ns == (row->wake_ns < row->next_timer_ns ? bounded(row->wake_ns) : PATTERN_NEVER));
            }
        }
    }
    free(text);
}

static void check_pattern(const uint8_t *data, size_t bytes)
{
    char *text = malloc(bytes + !bytes);
    struct pattern_spec spec = {0};
    struct pattern_event event;
    struct pattern pattern;

    require(text != NULL);
    memcpy(text, data, bytes);
    if (!pattern_parse(text, bytes, &spec)) {
        require(spec.kind < PATTERN_KINDS && spec.hz <= PATTERN_HZ_MAX);
        pattern_start(&pattern, &spec, bytes);
        for (int i = 0; i < EVENTS && spec.kind != PATTERN_TRACE; i++) { /* whose rows come from elsewhere */
            pattern_next(&pattern, &event);
            check_event(&event);
        }
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    if (bytes == 0 || bytes > INPUT_MAX)
        return 0;
    if (data[0] & 1)
        check_trace(data + 1, bytes - 1);
    else
        check_pattern(data + 1, bytes - 1);
    return 0;
}
