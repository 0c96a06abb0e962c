/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: a table of idle states and a trace are hostile input. The bytes up to the first `|` are the table,
 * the rest is the trace; both begin behind their headers, and the first byte chooses the mode and the trace's columns.
 * Every governor replays what is accepted; a governor that chooses a state that does not exist, or counters that do not
 * add up, end the run.
 */
// UNIT_EXTRA: lib/governor/*.c run/tool/replay/lane.c run/tool/replay/csv.c run/tool/replay/line.c
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/replay/lane.h"

#define TABLE_HEADER "index,name,exit_latency_ns,target_residency_ns,flags,disabled\n"
#define TRACE_HEADER "period,next_timer_ns,tick_ns,latency_ns,wake_ns,cause,resched,reject,exit_pct\n"
#define WIDE_HEADER  "period,next_timer_ns,tick_ns,latency_ns,wake_ns,cause,resched,reject,exit_pct,lead_ns,iowait\n"

enum {
    TICK_NS = 4000000,
    ROWS_MAX = 64,
    INPUT_MAX = 4096,
    WAKE_MAX_NS = 200000000, /* a closed replay of a long sleep by polling is slow, and no more than that */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static FILE *open_text(char *text, size_t text_bytes, const char *header, const uint8_t *data, size_t bytes)
{
    size_t header_bytes = strlen(header);

    if (header_bytes + bytes > text_bytes)
        return NULL;
    memcpy(text, header, header_bytes);
    if (bytes > 0)
        memcpy(text + header_bytes, data, bytes);
    return fmemopen(text, header_bytes + bytes, "r");
}

static bool read_table(const uint8_t *data, size_t bytes, struct idle_table *table)
{
    static char text[INPUT_MAX + sizeof(TABLE_HEADER)];
    FILE *file = open_text(text, sizeof(text), TABLE_HEADER, data, bytes);
    struct replay_csv csv;
    bool good;

    if (!file)
        return false;
    replay_csv_open(&csv, file, "table");
    good = replay_csv_table(&csv, table) == REPLAY_CSV_OK;
    fclose(file);
    if (!good && !strstr(csv.error, ": expected ") && !strstr(csv.error, "cannot be read"))
        abort();
    return good;
}

static uint32_t read_trace(const char *header, const uint8_t *data, size_t bytes, struct replay_row *rows)
{
    static char text[INPUT_MAX + sizeof(WIDE_HEADER)];
    FILE *file = open_text(text, sizeof(text), header, data, bytes);
    struct replay_csv csv;
    uint32_t count = 0;

    if (!file)
        return 0;
    replay_csv_open(&csv, file, "trace");
    if (replay_csv_trace(&csv) != REPLAY_CSV_OK)
        abort();
    while (count < ROWS_MAX && replay_csv_row(&csv, &rows[count]) == REPLAY_CSV_OK)
        count += rows[count].wake_ns <= WAKE_MAX_NS;
    fclose(file);
    return count;
}

static void replay(const struct governor *governor, const struct idle_table *table, const struct replay_setup *setup,
                   const struct replay_row *rows, uint32_t count)
{
    struct replay_lane lane;
    uint64_t entries = 0;
    uint32_t state;

    if (replay_lane_start(&lane, governor, governor->needs_argument ? "1" : NULL, table, setup))
        return;
    for (uint32_t i = 0; i < count; i++)
        if (replay_lane_row(&lane, &rows[i], NULL, NULL, &state))
            abort();
    for (uint32_t i = 0; i < table->count; i++)
        entries += lane.run.counters.state[i].usage + lane.run.counters.state[i].rejected;
    if (entries != lane.totals.passes || (!setup->closed && lane.totals.cost < lane.totals.bound))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const uint8_t *bar = bytes > 0 ? memchr(data, '|', bytes) : NULL;
    struct replay_setup setup = {.tick_period_ns = TICK_NS, .limit_ns = IDLE_LIMIT_NONE_NS};
    struct replay_row rows[ROWS_MAX];
    struct idle_table table;
    uint32_t count;

    if (!bar || bar == data || !read_table(data + 1, (size_t)(bar - data) - 1, &table))
        return 0;
    setup.closed = data[0] & 1;
    setup.tick_always = data[0] & 2;
    count = read_trace(data[0] & 4 ? WIDE_HEADER : TRACE_HEADER, bar + 1, bytes - (size_t)(bar - data) - 1, rows);
    for (uint32_t g = 0; g < governor_count(); g++)
        replay(governor_at(g), &table, &setup, rows, count);
    return 0;
}
