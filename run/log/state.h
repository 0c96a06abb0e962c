/* SPDX-License-Identifier: MIT */
/*
 * What the log reader knows of the log so far, and what it tells its caller. Types alone, for all files of this folder.
 */
#ifndef LAB_RUN_LOG_STATE_H
#define LAB_RUN_LOG_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/record/record_line.h"
#include "run/log/line_stream.h"
#include "run/log/seq_window.h"

/* Most results a run may have. The plan of a longer one is reported, and its results are not matched. */
#define LOG_RESULTS_MAX 65536

/* Longest text in front of a line that is taken for the mark of the program that kept the log. */
#define LOG_PREFIX_MAX 64

enum log_problem_kind {
    LOG_PROBLEM_DAMAGED,  /* a line that begins as one of ours and is not whole */
    LOG_PROBLEM_GAP,      /* sequence numbers that never arrived */
    LOG_PROBLEM_CONFLICT, /* one sequence number, two texts */
    LOG_PROBLEM_SUM,      /* the sum record is missing or does not agree */
    LOG_PROBLEM_FRAME,    /* no BEGIN, no END, another run's END, unknown format */
    LOG_PROBLEM_REBOOT,   /* a second BEGIN without a join record before it */
    LOG_PROBLEM_PLAN,     /* KTAP plan and results do not match */
    LOG_PROBLEM_JSON,     /* the CRC is right and the JSON is not (reported by consumers) */
    LOG_PROBLEM_RAW,      /* the stats records differ from the raw samples (reported by consumers) */
    LOG_PROBLEM_CAPTURE,  /* why the log is not whole: what the program that kept it did to it */
    LOG_PROBLEM_KINDS,
};

struct log_problem {
    enum log_problem_kind kind;
    uint64_t line, column; /* from 1; 0 where it has no place */
    char text[320];        /* what was found and what was expected */
};

/* What has been seen; all runs of the stream together. */
struct log_counts {
    uint64_t lines;        /* of any kind */
    uint64_t records;      /* intact, repeats left out */
    uint64_t host_records; /* the same of the launcher's */
    uint64_t repeats;      /* second copies */
    uint64_t late;         /* intact, but given up before they came */
    uint64_t damaged;      /* damaged items */
    uint64_t missing;      /* sequence numbers that never arrived */
    uint64_t runs;         /* BEGIN lines of different runs, those of machines that went on left out */
    uint64_t problems[LOG_PROBLEM_KINDS];
    uint64_t problem_total;
    bool partial; /* a log that was never meant to be whole: what is missing is counted, and no problem */
};

/* Results of one run by their KTAP lines. */
struct log_totals {
    uint64_t pass, fail, skip;
};

/* Called in the order of arrival. Any may be NULL. `line` and `column` count from 1. */
struct log_events {
    void *ctx;
    /* Each line without its end, before its items; a very long one in pieces. */
    void (*on_line)(void *ctx, const char *text, size_t bytes);
    /* A BEGIN that no join record announced. True: the reader takes nothing from it on until log_reader_go_back(). */
    bool (*on_reboot)(void *ctx);
    void (*on_begin)(void *ctx, const char *run_id);
    /*
     * First intact copy of each record, the launcher's (LOG_ITEM_HOST) among them. `item` holds seq, text and json; the
     * JSON is not yet parsed.
     */
    void (*on_record)(void *ctx, const struct log_item *item, uint64_t line, uint64_t column);
    void (*on_plan)(void *ctx, uint64_t count);
    void (*on_verdict)(void *ctx, const struct log_item *item);
    void (*on_end)(void *ctx, enum record_result result);
    void (*on_problem)(void *ctx, const struct log_problem *problem);
};

/*
 * What is known of the run that is being read. Where a machine died and a fresh one went on (join.h), run_id, ended
 * and the sum record are those of the machine that writes now; plan and results are the whole run's.
 */
struct log_run {
    bool open;  /* something of a run has been seen */
    bool begun; /* its BEGIN has been seen */
    bool ended; /* its END has been seen */
    char run_id[LOG_RUN_ID_CHARS + 1];
    bool has_plan, has_sum;
    uint64_t plan_count;
    uint64_t begin_line;
    bool resumed; /* the machine runs a part of the plan and has no KTAP plan of its own */
    enum record_result result;
    enum record_result end_result; /* as the END of the machine that writes now says */
    bool refused;                  /* the image left records out that did not fit, which is an error of the run */
    struct log_totals totals;
    struct log_totals machine_totals; /* of the machine that writes now */
    struct log_totals sum_totals;
    uint64_t sum_error_count;
    bool own_error; /* one error belongs to the run, not to a step, and ended it: later steps have no result */
    uint64_t sum_line, sum_seq, sum_records;
    uint32_t sum_crc;
    bool joined;        /* a machine died: the run has failed, whatever END says of the last one's steps */
    bool waits;         /* a join record has come, and the machine that it announces has not begun */
    uint64_t next_step; /* the step that the join record announces */
    uint64_t phase;     /* last phase of the bring-up that a record named (lib/record/boot_phase.h); 0: none */
    bool closed;        /* the last join record announces no step: the log ends there */
    uint8_t results_seen[LOG_RESULTS_MAX / 8]; /* bit n-1: result n has come */
};

/* The phase of the bring-up in which the machine is (lib/record/boot_phase.h), NULL where it is up. */
const char *log_run_phase(const struct log_run *run);

/* Damage in a line, until it is known whether the machine died there. */
struct log_held {
    bool is;
    uint64_t line, column;
    uint64_t bad_column;
    struct log_item item; /* its pointers are no longer valid */
    size_t torn_bytes;    /* of the line from its beginning; 0: it has more than the damage */
    char torn[RECORD_LINE_BYTES];
};

/* What the program that kept the log put around its lines. */
struct log_capture {
    char prefix[LOG_PREFIX_MAX]; /* of the last line that had another one: a time stamp */
    size_t prefix_bytes;
    uint64_t longest, longest_count; /* characters of the longest line, and how many have as many */
    uint64_t looked_bytes, zero_bytes;
};

struct log_reader {
    struct log_events events;
    bool deaf;          /* on_reboot() returned true, */
    uint64_t reboot_at; /* at the BEGIN at this offset in the stream */
    struct log_counts counts;
    struct line_stream stream;
    struct seq_window window;
    struct seq_window host_window; /* of the launcher's own sequence */
    struct log_run run;
    uint16_t result_crc[LOG_RESULTS_MAX]; /* of the text of result n at n-1, where run.results_seen has it */
    struct log_held held;
    struct log_capture capture;
};

#endif
