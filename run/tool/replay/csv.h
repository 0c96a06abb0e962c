/* SPDX-License-Identifier: MIT */
/*
 * The two inputs of `idlelab replay`: a table of idle states and a trace of idle periods, both CSV with one header
 * line. A trace is read row by row, whatever its length. Every complaint names file, line, column and what was
 * expected.
 */
#ifndef LAB_TOOL_REPLAY_CSV_H
#define LAB_TOOL_REPLAY_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/governor/idle_table.h"

enum {
    REPLAY_LINE_BYTES = 256, /* of the longest line, its end included */
    REPLAY_BLOCK_BYTES = 32768,
    REPLAY_BEHIND_BYTES = 32, /* that may be read behind a line */
    REPLAY_ERROR_BYTES = 400,
};

struct replay_csv {
    FILE *file;
    const char *name; /* for complaints */
    bool wide;        /* the trace has lead_ns and iowait */
    uint64_t line;    /* of the text below, from 1 */
    char *text;       /* in `block`, with a NUL behind it */
    uint32_t bytes;
    size_t from, filled; /* of the block: what was read from the file and not yet taken */
    char block[REPLAY_BLOCK_BYTES + REPLAY_BEHIND_BYTES];
    char error[REPLAY_ERROR_BYTES]; /* the complaint, once something returned REPLAY_CSV_BAD */
};

enum replay_csv_result {
    REPLAY_CSV_OK,
    REPLAY_CSV_END, /* no further row */
    REPLAY_CSV_BAD, /* csv->error says why */
};

enum replay_reject {
    REPLAY_ACCEPTED,
    REPLAY_REFUSED,        /* the first pass of the period is refused, unless it polls */
    REPLAY_REFUSED_LEAVES, /* the idle loop itself turns back, whatever the state: work has come */
};

/* How the next row begins, whatever this one's governor chose; only rows of their own passes say it. */
enum replay_next {
    REPLAY_NEXT_FOLLOWS, /* from what was chosen */
    REPLAY_NEXT_TICKS,   /* the tick runs */
    REPLAY_NEXT_STOPPED, /* the tick is stopped */
};

/*
 * One row of a trace. Distances count from the beginning of the period, wake_ns from lead_ns behind it. What a row does
 * not know stands here as a value that changes nothing: no timer, a tick a whole period away (0 in tick_ns with
 * tick_unknown), no limit.
 */
struct replay_row {
    int64_t period;
    int64_t next_timer_ns; /* may be late: negative */
    int64_t tick_ns;       /* to the next tick, if it runs */
    int64_t latency_ns;    /* limit of the exit latency */
    int64_t wake_ns;       /* from the entry to the waking event */
    char cause;            /* 'T' the timer, 'W' the timer by way of the stopped tick's own, 'O' anything else */
    bool resched;          /* the CPU leaves idle after it */
    enum replay_next next; /* in open mode */
    uint32_t reject;       /* an enum replay_reject */
    uint32_t exit_percent; /* of the worst exit latency, really paid; above 100 only in traces with lead_ns */
    int64_t lead_ns;       /* from the beginning, where distances count from, to the entry into the state */
    uint32_t iowaiters;    /* tasks of the CPU that wait for a disk */
    bool tick_unknown;
};

/* `file` stays the caller's. */
void replay_csv_open(struct replay_csv *csv, FILE *file, const char *name);

/* Reads a whole table. REPLAY_CSV_OK or REPLAY_CSV_BAD. */
enum replay_csv_result replay_csv_table(struct replay_csv *csv, struct idle_table *table);

/* True where two tables have the same states, by name, times and flags. */
bool replay_same_states(const struct idle_table *one, const struct idle_table *other);

/* Reads the header of a trace; call once before the first row. REPLAY_CSV_OK or REPLAY_CSV_BAD. */
enum replay_csv_result replay_csv_trace(struct replay_csv *csv);

/* Reads the next row. Empty lines and lines that begin with # are skipped. */
enum replay_csv_result replay_csv_row(struct replay_csv *csv, struct replay_row *row);

#endif
