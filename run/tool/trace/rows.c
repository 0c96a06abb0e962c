/* SPDX-License-Identifier: MIT */
#include "run/tool/trace/rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/tool/digits.h"
#include "run/tool/replay/lane.h"

enum {
    NAME_BYTES = 4096,
    BUFFER_BYTES = 65536,
    ROW_BYTES = 256,
    HISTORY = 100, /* passes after which what the governor had learned before matters little */
};

struct writer {
    const struct idle_table *table;
    const struct trace_calibration *calibration;
    struct trace_totals *totals;
    FILE *open, *closed, *linux_did;
    struct replay_lane lane;
    bool replays;
    char decided; /* what the lane did in the row at hand: its pass */
    struct replay_pass pass;
    /* The closed row that is being put together. */
    bool joining;
    struct trace_pass first, last;
    uint64_t periods;
    uint64_t seen; /* passes that the replayed governor has learned from since the beginning or a gap */
};

static FILE *create(const char *folder, uint32_t number, const char *kind)
{
    char name[NAME_BYTES];
    FILE *file = NULL;

    if (snprintf(name, sizeof(name), "%s/cpu%" PRIu32 ".%s.csv", folder, number, kind) < (int)sizeof(name))
        file = fopen(name, "w");
    if (file)
        setvbuf(file, NULL, _IOFBF, BUFFER_BYTES);
    else
        fprintf(stderr, "idlelab trace: %s: %s\n", name, strerror(errno));
    return file;
}

static bool finish(FILE *file, bool good)
{
    if (!file)
        return false;
    good &= !ferror(file);
    return fclose(file) == 0 && good;
}

static bool write_table(const char *folder, uint32_t number, const struct idle_table *table)
{
    FILE *file = create(folder, number, "table");

    if (!file)
        return false;
    fputs("index,name,exit_latency_ns,target_residency_ns,flags,disabled\n", file);
    for (uint32_t i = 0; i < table->count; i++)
        fprintf(file, "%" PRIu32 ",%s,%" PRId64 ",%" PRId64 ",%s,%d\n", i, table->name[i], table->exit_latency_ns[i],
                table->target_residency_ns[i], idle_state_polls(table, i) ? "POLL" : "-",
                idle_state_disabled(table, i) ? 1 : 0);
    return finish(file, true);
}

static char *put(char *at, int64_t number)
{
    at = digits_put_signed(at, number);
    *at++ = ',';
    return at;
}

static char *put_or(char *at, bool known, int64_t number)
{
    if (known)
        return put(at, number);
    *at++ = '?';
    *at++ = ',';
    return at;
}

static void write_row(FILE *file, uint64_t period, const struct replay_row *row, const struct trace_pass *pass)
{
    char text[ROW_BYTES], *at = put(text, (int64_t)period);

    at = put_or(at, pass->flags & (TRACE_TOLD | TRACE_TIMERS_KNOWN), row->next_timer_ns);
    at = put_or(at, !row->tick_unknown, row->tick_ns);
    at = put_or(at, pass->flags & TRACE_LIMIT_KNOWN, row->latency_ns);
    at = put(at, row->wake_ns);
    *at++ = row->cause;
    *at++ = ',';
    at = put(at, row->resched ? 1 : row->next == REPLAY_NEXT_TICKS ? 2 : row->next == REPLAY_NEXT_STOPPED ? 3 : 0);
    at = put(at, row->reject);
    at = put(at, row->exit_percent);
    at = put(at, row->lead_ns);
    at = put(at, row->iowaiters);
    at[-1] = '\n';
    fwrite(text, 1, (size_t)(at - text), file);
}

/* What is unknown of a pass, a letter each. */
static char *put_unsure(char *at, const struct trace_pass *pass, bool learned)
{
    char *from = at;

    if (!(pass->flags & TRACE_TOLD)) {
        if (!(pass->flags & TRACE_TIMERS_KNOWN))
            *at++ = 'w';
        if (pass->flags & TRACE_UNPLACED)
            *at++ = 'r';
    }
    if (!(pass->flags & (TRACE_TICK_KNOWN | TRACE_TOLD_TICK)))
        *at++ = 't';
    if (!(pass->flags & TRACE_ORIGIN_KNOWN))
        *at++ = 'o';
    if (!learned)
        *at++ = 'h';
    if (at == from)
        *at++ = '-';
    return at;
}

static void write_linux(struct writer *writer, uint64_t period, const struct trace_pass *pass, char cause)
{
    char text[ROW_BYTES], *at = put(text, (int64_t)period), *unsure;

    at = put(at, pass->entry_ns);
    at = put(at, pass->state);
    at = put(at, pass->flags & TRACE_STOPPED ? 1 : 0);
    *at++ = cause;
    *at++ = ',';
    at = put(at, pass->flags & TRACE_REFUSED ? 0 : trace_residency_ns(pass, writer->calibration));
    at = put(at, writer->decided ? (int64_t)writer->pass.choice.state : -1);
    unsure = at;
    at = put_unsure(at, pass, writer->seen > HISTORY);
    writer->totals->unsure += *unsure != '-';
    *at++ = '\n';
    fwrite(text, 1, (size_t)(at - text), writer->linux_did);
}

static void note_pass(void *context, const struct replay_pass *pass)
{
    struct writer *writer = context;

    writer->pass = *pass;
    writer->decided = 1;
}

/* Replays the row, and compares the choice with Linux's. What held goes on: the tick is as Linux had it. */
static void replay(struct writer *writer, const struct replay_row *row, const struct trace_pass *pass)
{
    struct trace_totals *totals = writer->totals;
    bool stopped = pass->flags & TRACE_STOPPED, same;
    uint32_t state;

    writer->decided = 0;
    if (!writer->replays || replay_lane_row(&writer->lane, row, note_pass, writer, &state))
        return;
    if (pass->flags & TRACE_REFUSED)
        return;
    same = writer->pass.choice.state == pass->state;
    totals->agreed += same;
    totals->agreed_stop += writer->pass.choice.tick_stopped == stopped;
    if (writer->seen > HISTORY && pass->flags & TRACE_TICK_KNOWN && pass->flags & TRACE_ORIGIN_KNOWN &&
        (pass->flags & TRACE_TOLD || (pass->flags & TRACE_TIMERS_KNOWN && !(pass->flags & TRACE_UNPLACED)))) {
        totals->sure++;
        totals->sure_agreed += same;
    }
}

static void end_closed(struct writer *writer)
{
    struct replay_row row;

    if (!writer->joining)
        return;
    trace_row_closed(&row, &writer->first, &writer->last, writer->calibration, writer->table);
    write_row(writer->closed, writer->totals->rows++, &row, &writer->first);
    writer->joining = false;
}

static void join_closed(struct writer *writer, const struct trace_pass *pass, char cause)
{
    if (cause == 'R')
        return;
    if (pass->flags & TRACE_AFTER_GAP)
        end_closed(writer);
    if (!writer->joining)
        writer->first = *pass;
    writer->last = *pass;
    writer->joining = true;
    if (pass->flags & TRACE_RESCHED || (cause != 'K' && cause != 'P'))
        end_closed(writer);
}

static void write_pass(struct writer *writer, struct trace_pass *pass)
{
    struct trace_totals *totals = writer->totals;
    struct replay_row row;
    int64_t origin_ns;
    char cause;

    if (pass->state >= writer->table->count)
        pass->state = (uint16_t)(writer->table->count - 1);
    cause = trace_pass_cause(pass, idle_state_polls(writer->table, pass->state) ? writer->calibration->budget_ns : 0);
    trace_row_open(&row, pass, writer->calibration, writer->table);
    row.period = (int64_t)writer->periods;
    writer->seen = pass->flags & TRACE_AFTER_GAP ? 0 : writer->seen + 1;
    write_row(writer->open, writer->periods, &row, pass);
    replay(writer, &row, pass);
    write_linux(writer, writer->periods, pass, cause);
    join_closed(writer, pass, cause);
    writer->periods++;
    totals->passes += cause != 'R';
    totals->refused += cause == 'R';
    totals->told += pass->flags & TRACE_TOLD ? 1 : 0;
    totals->told_same += trace_pass_origin(pass, &origin_ns);
    totals->by_cause[(unsigned char)cause]++;
}

static bool start_lane(struct writer *writer, const char *governor, const struct replay_setup *setup)
{
    const char *argument, *why = "there is no such governor";
    const struct governor *found = governor ? governor_find(governor, &argument) : NULL;

    if (!governor)
        return false;
    if (found)
        why = replay_lane_start(&writer->lane, found, argument, writer->table, setup);
    if (why)
        fprintf(stderr, "idlelab trace: governor '%s': %s\n", governor, why);
    return !why;
}

static void write_headers(struct writer *writer)
{
    static const char columns[] = "period,next_timer_ns,tick_ns,latency_ns,wake_ns,cause,resched,reject,exit_pct,"
                                  "lead_ns,iowait\n";

    fputs(columns, writer->open);
    fputs(columns, writer->closed);
    fputs("period,entry_ns,state,tick_stopped,wake,residency_ns,replayed,unsure\n", writer->linux_did);
}

bool trace_rows_write(const char *folder, uint32_t number, struct trace_machine *machine,
                      const struct idle_table *table, const struct trace_calibration *calibration, const char *governor,
                      struct trace_totals *totals)
{
    struct replay_setup setup = {
        .unpriced = true, .tick_period_ns = machine->tick_period_ns, .limit_ns = IDLE_LIMIT_NONE_NS};
    struct writer *writer = calloc(1, sizeof(*writer));
    struct trace_pass pass;
    bool good;

    if (!writer)
        return false;
    *writer = (struct writer){.table = table, .calibration = calibration, .totals = totals};
    writer->replays = start_lane(writer, governor, &setup);
    writer->open = create(folder, number, "open");
    writer->closed = create(folder, number, "closed");
    writer->linux_did = create(folder, number, "linux");
    good = writer->open && writer->closed && writer->linux_did && write_table(folder, number, table);
    if (good) {
        write_headers(writer);
        rewind(machine->cpu[number]->passes);
        while (fread(&pass, sizeof(pass), 1, machine->cpu[number]->passes) == 1) {
            trace_distances_later(machine, number, &pass);
            write_pass(writer, &pass);
        }
        end_closed(writer);
        good = !ferror(machine->cpu[number]->passes);
    }
    good = finish(writer->open, good);
    good = finish(writer->closed, good);
    good = finish(writer->linux_did, good);
    free(writer);
    return good;
}
